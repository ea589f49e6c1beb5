"""What Codex was billed for. Later rollouts keep a record of every answer; older ones only sums, told again and again.

A token_count tells the sum of the thread and what its last answer added. The sums restart, fall back, begin at a
parent's value or jump, so what counts is the last answer; but where a sum grew by more than that, the answer between
has no line of its own and the growth holds it.
"""

from datetime import datetime

from msgspec import DecodeError

from collector.sources.codex_spot import Spot
from collector.sources.codex_wire import Info, Limits, Usage, Window, decode_info
from collector.tolerant import fit, load
from collector.when import from_unix_ms
from store.facts import Compaction, Limit, Response

Vector = tuple[int, ...]  # input, cached, output, reasoning, written, total
NOTHING: Vector = (0,) * 6
COMPARED = 4  # the sums of a rewind or a migration differ beyond the first four


def take_record(spot: Spot) -> None:
    """One answer, as it was billed."""
    body, state = spot.body, spot.state
    usage = _vector(body.usage)
    if usage is None:
        raise ValueError("a token_usage_record without usage")
    state.has_records = state.has_records or _is_something(usage)
    sums = body.thread_token_usage
    so_far = sums.total if sums is not None else None
    if _is_something(usage):
        thread = body.thread_id or state.session_id
        _add(spot, body.response_id or "", f"{thread} {so_far}", usage, "transcript")


def take_count(spot: Spot) -> None:
    """The sums so far, and what the last answer added to them."""
    if spot.body.rate_limits is not None:
        take_limits(spot, spot.body.rate_limits)
    raw = bytes(spot.body.info)
    if not raw.startswith(b"{"):
        return  # limits alone
    try:
        info = decode_info(raw)
    except DecodeError:
        info = fit(load(raw), Info)
    total, last = _vector(info.total), _vector(info.last)
    if total is None and last is None:
        raise ValueError("a token_count of an unknown shape")
    state = spot.state
    if info.window and info.window != state.window:
        state.window = info.window
    if last is not None:
        _fill(spot, last)
    before = state.total
    follows = False
    growth = None
    if total is not None:
        follows = before is not None and before[0] + before[2] > 0 and _covers(total, before)
        growth = _less(total, before) if follows and before is not None else total
        state.total = total
        if total == before:
            return  # told again
    if state.has_records:
        return
    added, evidence = last, "event"
    if added is None:
        added = growth or NOTHING
    elif follows and growth is not None and growth[:COMPARED] != added[:COMPARED] and _covers(growth, added):
        added, evidence = growth, "growth"
    if not _is_something(added):
        return
    mark = (spot.at or "") if total is None else _text(total)
    message_id = f"{mark} +{_text(last) if last else ''}"
    if state.turn:
        _add(spot, message_id, state.turn, added, evidence)
    else:
        _add(spot, message_id, f"thread {state.session_id}", added, "total" if evidence == "event" else "rest")


def take_limits(spot: Spot, limits: Limits) -> None:
    """How much of the plan is used. A reading is kept when it differs from the one before it in the file."""
    if spot.is_copied or spot.at is None:
        return  # a fork's copy of old readings bears its own time
    known = spot.state.limits
    for span, window in (("primary", limits.primary), ("secondary", limits.secondary)):
        if window is None or window.used_percent is None:
            continue
        limit_id = limits.limit_id or "codex"
        resets_at = _resets_at(window, spot.at)
        reading = (window.used_percent, resets_at or "")
        if known.get(f"{limit_id} {span}") == reading:
            continue
        known[f"{limit_id} {span}"] = reading
        spot.out.limits.append(
            Limit(limit_id, span, spot.at, window.used_percent, window.window_minutes, resets_at, limits.plan_type)
        )


def _add(spot: Spot, message_id: str, request_id: str, usage: Vector, evidence: str) -> None:
    state, place = spot.state, spot.record.byte_offset
    if "\0" in message_id or "\0" in request_id:
        raise ValueError("a NUL in an id")  # SQLite ends a text there; the slow way replaces it
    fresh, cached, output, reasoning, _, _ = usage
    at = spot.at
    spot.out.add_response(
        Response(
            spot.run.index, spot.out.agent, message_id, request_id, 0, spot.run.kind, state.turn or state.prompt_id,
            None, at, at, state.model or "unknown", state.tier, max(0, fresh - cached), cached, 0, 0, output,
            reasoning, 0, None, "completed", evidence, spot.is_copied, False, spot.generation_id, place, at or "",
            spot.generation_id, place,
        ),
        spot.run,
    )  # fmt: skip


def _fill(spot: Spot, last: Vector) -> None:
    """How full the context is; the first reading after a compaction tells what the compaction left."""
    state = spot.state
    if state.shrunk and not _is_something(last):
        compaction = Compaction(
            spot.run.index, state.shrunk, "full", None, spot.is_copied, spot.generation_id, tokens_after=last[5]
        )
        spot.out.compactions.append(compaction)
    if last[5]:
        state.shrunk, state.fill = "", last[5]


def _vector(usage: Usage | None) -> Vector | None:
    if usage is None:
        return None
    said = (usage.input, usage.cached, usage.output, usage.reasoning, usage.written, usage.total)
    if all(number is None for number in said):
        return None
    return tuple(max(0, number or 0) for number in said)


def _is_something(usage: Vector) -> bool:
    return usage[0] + usage[2] > 0


def _covers(more: Vector, less: Vector) -> bool:
    return all(a >= b for a, b in zip(more[:COMPARED], less[:COMPARED], strict=True))


def _less(total: Vector, before: Vector) -> Vector:
    return tuple(a - b for a, b in zip(total, before, strict=True))


def _text(usage: Vector) -> str:
    return ".".join(map(str, usage))


def _resets_at(window: Window, at: str) -> str | None:
    seconds = window.resets_at if window.resets_at is not None else window.reset_at
    if seconds is None and window.resets_in_seconds is not None:
        seconds = datetime.fromisoformat(at).timestamp() + window.resets_in_seconds
    return from_unix_ms(seconds * 1000) if seconds is not None else None
