"""Codex's tool calls: what each was asked to work on, how it ended, and the files it changed."""

import os
import re
from typing import Any, cast

import msgspec

from collector.sources.codex_spot import PENDING_KEPT, Patched, Spot, show
from collector.sources.codex_wire import Arguments, Change, Duration, Item, decode_arguments
from collector.text import digest, kept, lines_changed, lines_in
from collector.tolerant import NotARecord, fit, load
from collector.when import from_unix_ms
from store.facts import Touch
from store.merge import greatest, least

TARGET_KEPT = 300
PATH_KEPT = 1000
CALLS = {"function_call", "custom_tool_call", "tool_call"}
OWN_CALLS = {"local_shell_call", "web_search_call", "tool_search_call", "image_generation_call"}
OUTPUTS = {"function_call_output", "custom_tool_call_output", "tool_search_output", "local_shell_call_output"}
EXIT = re.compile(rb'(?:[Ee]xit code:?|exited with code|\\?"exit_code\\?":)\s*(-?\d{1,9})')
FAILED = re.compile(rb'"?(?:apply_patch verification failed|unsupported call|Script failed|execution error|failed to )')
ABORTED = re.compile(rb"aborted by user")
PATCHED = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$|^\*\*\* Move to: (.+)$|^([+-])", re.MULTILINE)
ACTIONS = {"add": "write", "update": "edit", "delete": "delete"}
SEARCHED = 400  # bytes of an output that say how it ended


def is_call(type_: str | None) -> bool:
    return type_ in CALLS or type_ in OWN_CALLS


def started(spot: Spot) -> None:
    """A tool call begins; one that the API itself ran is over when it is told of."""
    body, type_ = spot.body, spot.body.type or ""
    is_own = type_ in OWN_CALLS
    call_id = body.call_id or body.id or digest(spot.scope, type_, _asked(body.action), bytes(body.arguments).decode())
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_copied)
    name = type_.removesuffix("_call") if is_own else body.name or _named(body.function) or "unknown"
    arguments = _arguments(bytes(body.arguments))
    call.name = least(call.name, name)
    call.started_at = least(call.started_at, spot.at)
    call.target = least(call.target, _target(arguments, body.input) or _asked(body.action) or None)
    call.run = spot.run.index
    if is_own and type_ != "tool_search_call":
        call.ended_at, call.outcome = least(call.ended_at, spot.at), least(call.outcome, "ok")
    patch = _patch_in(name, body.input, arguments)
    if patch and len(spot.state.patches) < PENDING_KEPT:
        spot.state.patches[call_id] = _files_in(patch, spot.state.cwd)


def finished(spot: Spot) -> None:
    """A tool call ends: with what outcome, and how large an answer."""
    body = spot.body
    call_id = body.call_id or body.id
    if not call_id:
        return
    output = bytes(body.output)
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_copied)
    call.ended_at = least(call.ended_at, spot.at)
    call.outcome = least(call.outcome, _outcome(output))
    call.result_bytes = max(call.result_bytes or 0, len(output))
    patched = spot.state.patches.pop(call_id, None)
    if patched and call.outcome == "ok":  # no event told of the files
        for file in patched:
            touch = Touch(spot.run.index, call_id, file.path, file.action, file.added, file.removed)
            spot.out.touch(touch, spot.run)


def ended(spot: Spot, call_id: str, is_good: bool, duration: Duration | None) -> None:
    """What an event adds to a call: that it failed, and how long it took."""
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_copied)
    call.ended_at = least(call.ended_at, spot.at)
    call.outcome = least(call.outcome, "ok" if is_good else "error")
    if duration is not None and duration.secs is not None and 0 <= duration.secs < 10**9:
        call.duration_ms = duration.secs * 1000 + (duration.nanos or 0) // 1_000_000


def changed(spot: Spot, call_id: str, changes: dict[str, Change] | None) -> None:
    """The files that a patch changed, as an event tells them."""
    spot.state.patches.pop(call_id, None)
    for path, change in (changes or {}).items():
        added, removed = lines_changed(change.unified_diff or "")
        if change.content is not None:
            size = lines_in(change.content)
            added, removed = (0, size) if change.type == "delete" else (size, 0)
        where = kept(change.move_path or path, PATH_KEPT)
        action = ACTIONS.get(change.type or "", "edit")
        spot.out.touch(Touch(spot.run.index, call_id, where, action, added, removed), spot.run)


def take_item(spot: Spot, item: Item, started_ms: float | None) -> None:
    """Something done that a turn finished. A call inside a script has an id of its own, which no call bears."""
    call_id = item.id or ""
    is_good = item.status != "failed" and not item.exit_code
    if item.type == "CommandExecution":
        if call_id.startswith("exec-"):
            _inside(spot, item)
        elif call_id:
            ended(spot, call_id, is_good, item.duration)
            if started_ms and item.duration is None:
                call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_copied)
                call.started_at = least(call.started_at, from_unix_ms(started_ms))
    elif item.type == "FileChange":
        if is_good and call_id:
            changed(spot, call_id, item.changes)
    elif item.type == "McpToolCall" and call_id:
        ended(spot, call_id, is_good, item.duration)
    elif item.type == "CollabAgentToolCall" and call_id and item.receiver_thread_ids:
        spawned(spot, call_id, item.receiver_thread_ids[0])


def spawned(spot: Spot, call_id: str, thread_id: str) -> None:
    """A call that began another thread, or talks to one."""
    call = spot.out.tool_call(call_id, spot.run, spot.generation_id, spot.is_copied)
    call.agent_run_id = greatest(call.agent_run_id, thread_id)


def _inside(spot: Spot, item: Item) -> None:
    """A command that a script ran: no call of the model's, so it is shown and not counted."""
    duration = item.duration
    took = duration.secs * 1000 + (duration.nanos or 0) // 1_000_000 if duration and duration.secs is not None else None
    show(spot, "command", _words(item.command), status=item.exit_code, duration_ms=took)


def _outcome(output: bytes) -> str:
    """How a call ended, by what its output begins with: there is no field for it."""
    beginning = output[:SEARCHED]
    if ABORTED.search(beginning):
        return "interrupted"
    code = EXIT.search(beginning)
    if (code and int(code[1])) or FAILED.match(beginning):
        return "error"
    return "ok"


def _arguments(raw: bytes) -> Arguments:
    """What a call was asked: an object, or, mostly, the text of one."""
    try:
        text = msgspec.json.decode(raw, type=str) if raw.startswith(b'"') else raw
        return decode_arguments(text)
    except (msgspec.DecodeError, ValueError):
        pass
    try:
        return fit(load(raw), Arguments)
    except NotARecord:
        return Arguments()


def _target(arguments: Arguments, script: Any) -> str | None:
    for value in (
        arguments.cmd, arguments.command, arguments.path, arguments.file_path, arguments.query, arguments.pattern,
        arguments.url, arguments.message,
    ):  # fmt: skip
        words = _words(value)
        if words:
            return kept(words, TARGET_KEPT)
    if isinstance(script, str):
        found = PATCHED.search(script)
        return kept((found and found[2]) or script, TARGET_KEPT) or None
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


def _asked(action: Any) -> str:
    if action is None:
        return ""
    for value in (action.query, action.url, action.pattern):
        if isinstance(value, str) and value:
            return kept(value, TARGET_KEPT)
    return ""


def _named(function: Any) -> str | None:
    name = cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else None
    return name[:TARGET_KEPT] if isinstance(name, str) else None


def _patch_in(name: str, script: Any, arguments: Arguments) -> str:
    """The patch that a call applies: the tool's input, or an argument of a shell command."""
    if name == "apply_patch":
        for value in (script, arguments.input, arguments.patch):
            if isinstance(value, str):
                return value
    command = arguments.command
    if isinstance(command, list):
        words = cast("list[object]", command)
        if len(words) == 2 and words[0] == "apply_patch" and isinstance(words[1], str):
            return words[1]
    return ""


def _files_in(patch: str, cwd: str) -> list[Patched]:
    """The files that a patch names, with the lines it adds to each and takes away."""
    found: list[Patched] = []
    for match in PATCHED.finditer(patch):
        action, path, moved, sign = match.groups()
        if path:
            found.append(Patched(_full(path.strip(), cwd), ACTIONS[action.lower()], 0, 0))
        elif found and moved:
            found[-1].path = _full(moved.strip(), cwd)
        elif found and sign == "+":
            found[-1].added += 1
        elif found:
            found[-1].removed += 1
    return found


def _full(path: str, cwd: str) -> str:
    return kept(os.path.normpath(os.path.join(cwd, path)) if cwd else path, PATH_KEPT)
