"""Codex's tool calls: what each was asked to work on, how it ended, and how long it took."""

from typing import Any, cast

import msgspec

from collector.lines.text import digest, kept
from collector.lines.tolerant import NotARecord, fit, load
from collector.sources.codex_output import SPAWNED, end_of
from collector.sources.codex_patches import asked_to_change, changed, changed_inside, patched_first, touch
from collector.sources.codex_spot import PENDING_KEPT, Pending, Spot, show, sound
from collector.sources.codex_wire import Action, Arguments, Duration, Item, decode_arguments
from store.facts import ToolCall
from store.merge import BACKGROUND, greatest, least

TARGET_KEPT = 300
OWN_CALLS = {"local_shell_call", "web_search_call", "tool_search_call", "image_generation_call"}
CALLS = {"function_call", "custom_tool_call", "tool_call", *OWN_CALLS}
ANSWERED = {"local_shell_call", "tool_search_call"}  # of those: the others are over when they are told of
OUTPUTS = {"function_call_output", "custom_tool_call_output", "tool_search_output", "local_shell_call_output"}
INSIDE = "exec-"  # how the ids of what a script did begin
GOOD = (None, "completed")
UNAWAITED = Pending()


def started(spot: Spot) -> None:
    """A tool call begins; most that the API itself ran are over when they are told of."""
    body, type_, state = spot.body, spot.body.type or "", spot.state
    is_own = type_ in OWN_CALLS
    call_id = body.call_id or body.id or digest(spot.scope, type_, _asked(body.action), str(body.arguments))
    call = _call(spot, call_id)
    name = type_.removesuffix("_call") if is_own else body.name or _named(body.function) or "unknown"
    arguments = arguments_of(body.arguments)
    call.name = least(call.name, sound(name))
    call.started_at = least(call.started_at, spot.at)
    target = _target(arguments, body.input) or _asked(body.action) or None
    call.target = least(call.target, target) if call.target else target
    call.run = spot.run.index
    if is_own and type_ not in ANSWERED:
        _end(call, "ok", spot.at)
        if type_ == "web_search_call" and not spot.is_copied:
            state.searches += body.action is None or body.action.type in (None, "search")
        return
    process = str(arguments.session_id) if name == "write_stdin" and arguments.session_id is not None else ""
    patched = asked_to_change(name, body.input, arguments, state.cwd)
    state.pending[call_id] = Pending(patched, process[:TARGET_KEPT]) if patched or process else None
    if len(state.pending) > PENDING_KEPT:
        state.pending.pop(next(iter(state.pending)))
    if type_ == "custom_tool_call" and name == "exec":
        state.script, state.inside = call_id, {}


def finished(spot: Spot) -> None:
    """A tool call ends: with what outcome, and how large an answer."""
    body, state = spot.body, spot.state
    call_id = body.call_id or body.id
    if not call_id:
        return
    output = bytes(body.output)
    call = _call(spot, call_id)
    call.result_bytes = max(call.result_bytes or 0, len(output))
    outcome, took_ms, process = end_of(output)
    awaited = state.pending.pop(call_id, None) or UNAWAITED
    if awaited.has_failed and outcome not in ("interrupted", "rejected"):
        outcome = "error"
    elif outcome in ("interrupted", "rejected"):
        state.broken_off = [*state.broken_off[-PENDING_KEPT:], call_id]
    if awaited.process:
        outcome = _asked_after(spot, awaited.process, outcome)
    elif outcome == BACKGROUND:
        state.running[process] = call_id
        call.background_id = least(call.background_id, process)
        if len(state.running) > PENDING_KEPT:
            state.running.pop(next(iter(state.running)))
    _end(call, outcome, spot.at)
    if took_ms is not None:
        call.duration_ms = max(call.duration_ms or 0, took_ms)
    if awaited.patched and call.outcome == "ok":  # and no event told of the files
        touch(spot, call_id, awaited.patched)
    spawn = SPAWNED.match(output)
    if spawn:
        spawned(spot, call_id, spawn[1].decode())


def ended(spot: Spot, call_id: str, is_good: bool, duration: Duration | None) -> None:
    """What an event adds to a call: that it failed, and how long it took."""
    state = spot.state
    call = _call(spot, call_id)
    call.duration_ms = _longest_ms(call.duration_ms, duration)
    if is_good:
        _end(call, "ok", spot.at)
    elif call_id in state.pending:
        awaited = state.pending[call_id] or Pending()
        awaited.has_failed, state.pending[call_id] = True, awaited
    elif call_id not in state.broken_off:
        _end(call, "error", spot.at)


def take_item(spot: Spot, item: Item) -> None:
    """Something done that a turn finished. What a script did has an id of its own, which no call bears."""
    call_id, type_ = item.id or "", item.type
    is_good = item.status in GOOD and not item.exit_code
    if type_ == "CommandExecution":
        if call_id.startswith(INSIDE):
            took_ms = _longest_ms(None, item.duration)
            show(spot, "command", _words(item.command), status=item.exit_code, duration_ms=took_ms)
        elif call_id:
            ended(spot, call_id, is_good, item.duration)
    elif type_ == "FileChange":
        if call_id.startswith(INSIDE):
            changed_inside(spot, item.changes if is_good else None)
        elif call_id:
            patch_ended(spot, call_id, is_good, item.duration, item.changes)
    elif type_ == "McpToolCall" and call_id:
        ended(spot, call_id, is_good and not is_error(bytes(item.result)), item.duration)
    elif type_ == "CollabAgentToolCall" and call_id and item.receiver_thread_ids:
        spawned(spot, call_id, item.receiver_thread_ids[0])


def patch_ended(spot: Spot, call_id: str, is_good: bool, duration: Duration | None, changes: Any) -> None:
    """A patch was applied, or was not."""
    if is_good:
        changed(spot, call_id, changes)
    awaited = spot.state.pending.get(call_id)
    if awaited is not None:
        awaited.patched = []
    ended(spot, call_id, is_good, duration)


def spawned(spot: Spot, call_id: str, thread_id: str) -> None:
    """A call that began another thread, or talks to one."""
    call = _call(spot, call_id)
    call.agent_run_id = greatest(call.agent_run_id, sound(thread_id))


def is_error(result: bytes) -> bool:
    """What a tool of another program answered: an error of the call, or of the tool itself."""
    return result.startswith(b'{"Err"') or b'"isError":true' in result


def _longest_ms(known: int | None, duration: Duration | None) -> int | None:
    if duration is None or duration.secs is None or not 0 <= duration.secs < 10**9:
        return known
    return max(known or 0, duration.secs * 1000 + (duration.nanos or 0) // 1_000_000)


def _call(spot: Spot, call_id: str) -> ToolCall:
    known = spot.out.tool_calls.get((call_id, spot.run.session.session_id))
    if known is not None:
        return known
    return spot.out.tool_call(sound(call_id), spot.run, spot.generation_id, spot.is_copied)


def _end(call: ToolCall, outcome: str, at: str | None) -> None:
    """How a call ended; it may be told several times, and what goes on in the background ends later."""
    if call.outcome is None:
        call.outcome, call.ended_at = outcome, least(call.ended_at, at)
    elif call.outcome == BACKGROUND and outcome != BACKGROUND:
        call.outcome, call.ended_at = outcome, at or call.ended_at
    elif outcome == BACKGROUND:
        call.ended_at = call.ended_at or at
    else:
        call.outcome, call.ended_at = least(call.outcome, outcome), least(call.ended_at, at)


def _asked_after(spot: Spot, process: str, outcome: str) -> str:
    """A call that only asked how a process goes on: where that has ended, the call that began it has."""
    if outcome == BACKGROUND:
        return "ok"
    beginner = spot.state.running.pop(process, None)
    if beginner is None:
        return outcome
    _end(_call(spot, beginner), outcome, spot.at)
    return "ok"


def arguments_of(asked: Any) -> Arguments:
    """What a call was asked: an object, or, mostly, the text of one."""
    if isinstance(asked, str):
        try:
            return decode_arguments(asked)
        except (msgspec.DecodeError, ValueError):
            pass
        try:
            asked = load(asked.encode("utf-8", "replace"))
        except NotARecord:
            return NOTHING
    return fit(cast("object", asked), Arguments)


NOTHING = Arguments()


def _target(arguments: Arguments, script: Any) -> str | None:
    for value in (
        arguments.cmd, arguments.command, arguments.path, arguments.file_path, arguments.query, arguments.pattern,
        arguments.url, arguments.message,
    ):  # fmt: skip
        words = _words(value) if value is not None else ""
        if words:
            return kept(words, TARGET_KEPT)
    if isinstance(script, str):
        return kept(patched_first(script) or script, TARGET_KEPT) or None
    return None


def _words(command: Any) -> str:
    """A command as one would type it; a shell's own call is left off."""
    if isinstance(command, str):
        return command
    if not isinstance(command, list):
        return ""
    words = [word for word in cast("list[object]", command) if isinstance(word, str)]
    if len(words) == 3 and words[1] in ("-lc", "-c"):
        return words[2]
    return " ".join(words)


def _asked(action: Action | None) -> str:
    if action is None:
        return ""
    for value in (action.query, action.url, action.pattern, action.command, action.queries):
        words = _words(value)
        if words:
            return kept(words, TARGET_KEPT)
    return ""


def _named(function: Any) -> str | None:
    name = cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else None
    return name[:TARGET_KEPT] if isinstance(name, str) else None
