"""Claude Code's tool calls: what each was asked to work on, how it ended, and the files it touched."""

import re
from typing import Any

import msgspec

from collector.lines.tolerant import read
from collector.sources.claude_spot import ID_KEPT, Spot, kept
from collector.sources.claude_wire import Block, Hunk, TaskMade, TaskMoved, ToolResult
from store.facts import Task, ToolCall, Touch
from store.merge import BACKGROUND, greatest, least

TARGET_KEPT = 300
PATH_KEPT = 1000
NAME_KEPT = 100
ACTIONS = {
    "Read": "read", "NotebookRead": "read", "Edit": "edit", "MultiEdit": "edit", "NotebookEdit": "edit",
    "Update": "edit", "Write": "write",
}  # fmt: skip
AGENTS = {"Task", "Agent"}
REJECTED = ("User rejected", "The user doesn't want", "[Request interrupted")
INTERRUPTED = "[Request interrupted"
# How a notification begins and ends; what stands between is the agent's or the command's own, and may hold anything.
NOTIFICATION = re.compile(
    r"<task-notification>\s*(?:<task-id>[^<]*</task-id>\s*)?<tool-use-id>([^<]+)</tool-use-id>\s*"
    r"(?:<output-file>[^<]*</output-file>\s*)?<status>([^<]+)</status>"
)
TOOK_MS = re.compile(r"<duration_ms>(\d{1,12})</duration_ms>(?:<\w+>\d+</\w+>)*</usage>\s*</task-notification>\s*$")
ENDS = {"completed": "ok", "failed": "error", "killed": "interrupted", "stopped": "interrupted"}


def is_finish(block: Block) -> bool:
    """The end of a tool that the API itself ran."""
    return bool(block.tool_use_id) and block.type is not None and block.type.endswith("_tool_result")


def started(spot: Spot, call_id: str, block: Block, message_id: str) -> None:
    """A tool call begins; reading, editing and writing touch their file from here on."""
    name = (block.name or "unknown")[:NAME_KEPT]
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_branch)
    target = _target(name, block)
    if call.name is None:
        call.message_id, call.name, call.target, call.started_at = message_id, name, target, spot.at
        call.run, call.generation_id = spot.run.index, spot.generation_id
    else:  # an id that was used before in this session: as when the rows of two batches meet
        _decide_run(spot, call)
        call.message_id, call.name = least(call.message_id, message_id), least(call.name, name)
        call.target, call.started_at = least(call.target, target), least(call.started_at, spot.at)
    asked = block.input
    if asked is None:
        return
    path = asked.file_path or asked.notebook_path
    action = ACTIONS.get(name)
    if action and isinstance(path, str) and path:
        spot.out.touch(Touch(spot.run.index, call_id, kept(path, PATH_KEPT), action), spot.run)


def finished(spot: Spot, block: Block, result: Any, place: int) -> None:
    """A tool call ends: with what outcome, how large an answer, and what changed in which file."""
    call_id = block.tool_use_id or f"@{spot.mark}.{place}"
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_branch)
    if call.name is None and call.generation_id != spot.generation_id:
        _decide_run(spot, call)
    call.result_bytes = max(len(block.content), call.result_bytes or 0)
    outcome = _outcome(block, result)
    if call.outcome is None or (call.outcome == BACKGROUND != outcome):
        call.ended_at, call.outcome = spot.at or call.ended_at, outcome
    elif call.outcome == BACKGROUND or outcome != BACKGROUND:
        call.ended_at, call.outcome = least(call.ended_at, spot.at), least(call.outcome, outcome)
    else:  # started in the background, and ended already
        call.ended_at = call.ended_at or spot.at
    if not isinstance(result, ToolResult):
        return
    call.background_id = least(call.background_id, result.background_id)
    took = _duration_ms(result)
    if took is not None:
        call.duration_ms = max(took, call.duration_ms or 0)
    session = spot.run.session
    if result.agent_id:
        call.agent_run_id = least(call.agent_run_id, result.agent_id)
        agent = spot.out.run(session.session_id, result.agent_id, "subagent")
        agent.tool_use_id, agent.state = greatest(agent.tool_use_id, call_id), least(agent.state, result.status)
        agent.agent_type = greatest(agent.agent_type, result.agent_type)
    if result.run_id:
        flow = spot.out.workflow(session, result.run_id or "")
        flow.name, flow.summary = least(flow.name, result.workflow_name), least(flow.summary, result.summary)
        flow.tool_use_id, flow.started_at = least(flow.tool_use_id, call_id), least(flow.started_at, spot.at)
    if result.file_path and not block.is_error:
        _changed(spot, call_id, kept(result.file_path, PATH_KEPT), result)


def notified(spot: Spot, text: str) -> None:
    """A call that went on in the background has ended, says a notification."""
    said = NOTIFICATION.match(text)
    outcome = ENDS.get(said[2]) if said else None
    if said is None or outcome is None:
        return
    call = spot.out.tool_call(kept(said[1], ID_KEPT), spot.run, spot.generation_id, spot.is_branch)
    if call.outcome is None or call.outcome == BACKGROUND:
        call.ended_at, call.outcome = spot.at, outcome
    else:  # it is told again: in the queue and to the model, and each time that an agent which was resumed stops
        call.ended_at, call.outcome = least(call.ended_at, spot.at), least(call.outcome, outcome)
    took = TOOK_MS.search(text, max(0, len(text) - 400))
    if took:
        call.duration_ms = max(int(took[1]), call.duration_ms or 0)


def tasks_of(spot: Spot, result: Any) -> None:
    """Tasks that a tool result creates or moves on."""
    if not isinstance(result, ToolResult):
        return
    if bytes(result.task).startswith(b"{"):
        task = read(bytes(result.task), TaskMade)
        if task.id and task.subject:
            _note_task(spot, task.id, task.subject, "pending")
    if result.task_id and bytes(result.status_change).startswith(b"{"):
        status = read(bytes(result.status_change), TaskMoved).to
        if status:
            _note_task(spot, result.task_id, None, status)


def _note_task(spot: Spot, task_id: str, subject: str | None, status: str) -> None:
    spot.out.tasks.append(
        Task(
            spot.run.session.index, task_id[:NAME_KEPT], kept(subject, TARGET_KEPT) if subject else None,
            status[:NAME_KEPT], spot.said_at, spot.record.byte_offset,
        )
    )  # fmt: skip


def _decide_run(spot: Spot, call: ToolCall) -> None:
    """Of two files that tell of one call (a side chain inside the session's, and in its own) the first by name."""
    path_of = spot.out.paths
    if path_of[spot.generation_id] < path_of[call.generation_id]:
        call.run, call.generation_id = spot.run.index, spot.generation_id


def _target(name: str, block: Block) -> str | None:
    """The one thing that tells what a call is about: a path, a command, a query, an address."""
    asked = block.input
    if asked is None:
        return None
    order = (asked.description, asked.subagent_type) if name in AGENTS else ()
    for value in (
        *order, asked.file_path, asked.notebook_path, asked.command, asked.pattern, asked.query, asked.url,
        asked.skill, asked.subject, asked.to, asked.path, asked.description,
    ):  # fmt: skip
        if isinstance(value, str) and value:
            return kept(value, TARGET_KEPT)
    return None


def _outcome(block: Block, result: Any) -> str:
    if isinstance(result, ToolResult):
        if result.interrupted:
            return "interrupted"
        if result.background_id or result.is_async:
            return BACKGROUND
        return "error" if block.is_error else "ok"
    if not block.is_error:
        return "ok"
    said = result if isinstance(result, str) else bytes(block.content)[:400].decode("utf-8", "replace").lstrip('["')
    if said.startswith(INTERRUPTED):
        return "interrupted"
    return "rejected" if said.startswith(REJECTED) else "error"


def _duration_ms(result: ToolResult) -> int | None:
    for value in (result.total_duration_ms, result.duration_ms):
        if value is not None and 0 <= value < 1e12:
            return round(value)
    if result.duration_s is not None and 0 <= result.duration_s < 1e9:
        return round(result.duration_s * 1000)
    return None


def _changed(spot: Spot, call_id: str, path: str, result: ToolResult) -> None:
    hunks = result.structured_patch
    if result.type == "create" and not hunks:
        touch = Touch(spot.run.index, call_id, path, "write", _lines_in(result.content), 0)
        spot.out.touch(touch, spot.run)
    elif hunks is not None:
        added, removed = _counted(hunks)
        action = "write" if result.type else "edit"
        spot.out.touch(Touch(spot.run.index, call_id, path, action, added, removed), spot.run)


def _counted(hunks: list[Hunk]) -> tuple[int, int]:
    added = removed = 0
    for hunk in hunks:
        for line in hunk.lines or ():
            if line.startswith("+"):
                added += 1
            elif line.startswith("-"):
                removed += 1
    return added, removed


def _lines_in(content: msgspec.Raw) -> int | None:
    try:
        text = msgspec.json.decode(content, type=str)
    except (msgspec.DecodeError, ValueError):
        return None
    return text.count("\n") + (not text.endswith("\n") if text else 0)
