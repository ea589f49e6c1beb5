"""The parts of OpenCode's messages: what was said and thought, the tools that were called, and what they changed."""

from typing import Any, cast

import msgspec

from collector.lines.asked import NAME_KEPT, PATH_KEPT, TARGET_KEPT
from collector.lines.text import kept, lines_in, whole
from collector.lines.when import from_unix_ms
from collector.sources.opencode_spot import Spot, recalled_ms
from collector.sources.opencode_wire import Part, State

# Told elsewhere, or nothing to tell: the usage of a step is that of its message.
SILENT = frozenset(("step-start", "step-finish", "snapshot", "patch", "file", "agent", "subtask"))
ACTIONS = {
    "read": "read",
    "write": "write",
    "edit": "edit",
    "multiedit": "edit",
    "patch": "edit",
    "apply_patch": "edit",
}
TARGETS = ("filePath", "command", "pattern", "query", "url", "description", "path", "name", "prompt")
PATCHED = {"add": "write", "delete": "delete"}
REJECTED = ("The user rejected permission", "The user has specified a rule which prevents", "The user dismissed")
ABORTED = "Tool execution aborted"
TODOS_KEPT, TODO_KEPT, TODOS_LENGTH = 100, 300, 1 << 20
OWN_ID_LENGTH = 12  # a shorter id of a call is a mere number, the same in every answer


def take_part(spot: Spot, part: Part, said_at: float | None) -> None:
    """One part, as it stands now."""
    line, time = spot.line, part.time
    message_id = part.message_id or line.message_id
    # A message that was removed since is known by its id alone, which tells when it was made.
    created = line.message_at or recalled_ms(message_id, said_at)
    at = (time.start if time else None) or created or said_at
    spot.record.at = from_unix_ms(at)
    spot.record.kind = f"part/{part.type}"
    spot.place(message_id, created or at or 0)
    if line.role == "assistant" and created is not None:
        spot.natural = spot.natural_of(created, line.provider, line.model)
    spot.tell_time()
    if part.type == "text":
        _text(spot, part, created)
    elif part.type == "reasoning":
        if time is None or time.end is not None:
            _show(spot, "thinking", "", len(part.text or ""))
    elif part.type == "tool":
        _tool(spot, part)
    elif part.type == "retry":
        said = part.error.data.message if part.error else None
        _show(spot, "retry", ": ".join(word for word in (f"attempt {part.attempt or 0:.0f}", said) if word))
    elif part.type == "compaction":
        spot.compact(spot.natural, "auto" if part.auto else "manual")
    elif part.type not in SILENT:
        raise ValueError(f"unknown part type {part.type!r}")


def _text(spot: Spot, part: Part, created: float | None) -> None:
    """A prompt, the task a subagent was given, or a reply. Texts that the program wrote itself are left out."""
    text, time, line = part.text or "", part.time, spot.line
    if part.synthetic or part.ignored or not text.strip():
        return
    role = line.role or ("assistant" if time is not None else "user")
    if role != "assistant":
        if created is not None:
            spot.record.at = from_unix_ms(created)
        if spot.is_subagent:
            _show(spot, "brief", text)
        else:
            spot.ask("prompt", text.strip())
    elif not line.is_summary and (time is None or time.start is None or time.end is not None):
        _show(spot, "reply", text)


def _show(spot: Spot, kind: str, text: str, chars: int | None = None) -> None:
    """Something for the feed, named by its message, its kind and when it began: a copy has another id, not these."""
    answer, began = spot.natural, spot.record.at or ""
    spot.natural = f"{answer}/{kind}/{began}"
    spot.show(kind, text, 0, answer, chars)
    spot.natural = answer


def _tool(spot: Spot, part: Part) -> None:
    state = part.state or State()
    asked, told = state.input or {}, state.metadata or {}
    id_ = part.call_id or part.id or ""
    call_id = id_ if len(id_) >= OWN_ID_LENGTH else f"{spot.natural}/{id_}"
    tool = (part.tool or "unknown")[:NAME_KEPT]
    call = spot.call(call_id)
    call.name = tool
    if spot.line.role is not None:
        call.message_id = spot.natural
    call.target = _target(asked) or call.target
    time, is_ended = state.time, state.status in ("completed", "error")
    if time is not None and time.start is not None:
        call.started_at = from_unix_ms(time.start)
        if is_ended and time.end is not None:
            call.ended_at, call.duration_ms = from_unix_ms(time.end), whole(max(0, time.end - time.start))
    if is_ended:
        call.outcome = _outcome(state, told)
        call.result_bytes = len((state.output or state.error or "").encode("utf-8", "replace"))
    if tool == "task" and isinstance(told.get("sessionId"), str):
        call.agent_run_id = told["sessionId"]
    _touched(spot, call_id, tool, state, asked, told)
    if tool == "todowrite" and isinstance(asked.get("todos"), list) and not spot.is_branch:
        _todos(spot, cast("list[object]", asked["todos"]))


def _target(asked: dict[str, Any]) -> str | None:
    for name in TARGETS:
        value = asked.get(name)
        if isinstance(value, str) and value:
            return kept(value, TARGET_KEPT)
    return None


def _outcome(state: State, told: dict[str, Any]) -> str:
    if state.status == "completed":
        return (
            "interrupted" if told.get("interrupted") is True else "error" if told.get("exit") not in (None, 0) else "ok"
        )
    said = (state.error or "").removeprefix("Error: ")
    if said.startswith(ABORTED):
        return "interrupted"
    return "rejected" if said.startswith(REJECTED) else "error"


def _touched(spot: Spot, call_id: str, tool: str, state: State, asked: dict[str, Any], told: dict[str, Any]) -> None:
    """The files of a call; how many lines changed is known when it has ended."""
    action, path = ACTIONS.get(tool), asked.get("filePath")
    if action is None:
        return
    files = told.get("files")
    if tool in ("patch", "apply_patch") and isinstance(files, list):
        for file in cast("list[object]", files):
            if isinstance(file, dict):
                _patched(spot, call_id, cast("dict[str, Any]", file), state.status == "completed")
    elif isinstance(path, str) and path:
        added = removed = None
        if state.status == "completed" and action != "read":
            added, removed = _lines(told.get("filediff"))
            if (
                added is None
                and tool == "write"
                and told.get("exists") is False
                and isinstance(asked.get("content"), str)
            ):
                added, removed = lines_in(asked["content"]), 0
        spot.changed(call_id, kept(path, PATH_KEPT), action, added, removed)


def _patched(spot: Spot, call_id: str, file: dict[str, Any], is_done: bool) -> None:
    path = file.get("movePath") or file.get("filePath")
    if isinstance(path, str):
        added, removed = _lines(file) if is_done else (None, None)
        spot.changed(call_id, kept(path, PATH_KEPT), PATCHED.get(str(file.get("type")), "edit"), added, removed)


def _lines(changed: object) -> tuple[int | None, int | None]:
    if not isinstance(changed, dict):
        return None, None
    said = cast("dict[str, Any]", changed)
    added, removed = said.get("additions"), said.get("deletions")
    if isinstance(added, int) and isinstance(removed, int) and 0 <= added < 1 << 40 and 0 <= removed < 1 << 40:
        return added, removed
    return None, None


def _todos(spot: Spot, todos: list[object]) -> None:
    """A whole list at once, each time it changes."""
    entries = [cast("dict[str, Any]", todo) for todo in todos[:TODOS_KEPT] if isinstance(todo, dict)]
    words = [{"content": kept(str(e.get("content") or ""), TODO_KEPT), "status": str(e.get("status"))} for e in entries]
    spot.say("todos", msgspec.json.encode(words).decode(), TODOS_LENGTH)
