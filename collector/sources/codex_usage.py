"""What Codex was billed for. Later rollouts keep a record of every answer; older ones only sums, told again and again.

A token_count tells the sum of the thread and what its last answer added. The sums restart, fall back, begin at a
parent's value or jump, so what counts is the last answer; but where a sum grew by more than that, the answer between
has no line of its own and the growth holds it.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET, Raw

from collector.lines.text import kept
from collector.lines.when import from_unix_ms
from collector.sources.codex_spot import Spot, say, sound
from collector.sources.codex_wire import Limits, Usage, Window, decode_limits
from store.facts import Compaction, Limit, Response

Vector = tuple[int, int, int, int, int, int]  # input, cached, output, reasoning, written, total
NOTHING: Vector = (0, 0, 0, 0, 0, 0)
LIMITS_KEPT = 64
SAME_RESET_S = 60  # older programs tell in how many seconds, from a time that is not quite that of the line
COMPARED = 4  # the sums of a rewind or a migration differ beyond the first four


def take_record(spot: Spot) -> None:
    """One answer, as it was billed."""
    body, state = spot.body, spot.state
    usage, sums = _vector(body.usage), body.thread_token_usage
    if usage is None or sums is None or sums.total is None:
        raise ValueError("a token_usage_record of an unknown shape")
    state.has_records = state.has_records or _is_something(usage)
    if _is_something(usage):
        thread = body.thread_id or state.session_id
        _add(spot, sound(body.response_id or ""), sound(f"{thread} {sums.total}"), usage, "transcript")


def take_count(spot: Spot) -> None:
    """The sums so far, and what the last answer added to them."""
    body, state = spot.body, spot.state
    limits, info = bytes(body.rate_limits), body.info
    has_limits = limits[:1] == b"{"
    if has_limits and limits != spot.limits:
        take_limits(spot, body.rate_limits)
    if info is None or (info is UNSET and has_limits):
        return  # limits alone
    if info is UNSET:
        raise ValueError("a token_count of an unknown shape")
    if info.window != state.window:
        take_window(spot, info.window)
    total, last = _vector(info.total), _vector(info.last)
    is_strange = (total is None and info.total is not None) or (last is None and info.last is not None)
    if is_strange or (total is None and last is None):
        raise ValueError("a token_count of an unknown shape")
    if last is not None:
        _fill(spot, last)
    before = state.total
    if total is not None:
        state.total = total
        if total == before:
            return  # told again
    if state.has_records:
        return
    if total is not None and before is not None and last is not None and _is_sum(total, before, last):
        growth, follows = None, False  # no more than the answer that is told: so it is with nearly all
    elif before is None and state.is_whole:
        growth, follows = total, True  # a migration may have dropped turns before
    elif total is not None and before is not None and _is_something(before) and _covers(total, before):
        growth, follows = _less(total, before), True
    else:
        growth, follows = total, False
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


def take_limits(spot: Spot, told: Raw) -> None:
    """How much of the plan is used. A reading is kept when it differs from the one before it in the file."""
    raw = bytes(told)
    if raw == spot.limits or spot.at is None or spot.is_copied:
        return  # told again; or a fork's copy of old readings, which bears its own time
    spot.limits, limits, known = raw, decode_limits(told), spot.state.limits
    limit_id, plan = kept(limits.limit_id or "codex"), kept(limits.plan_type) if limits.plan_type else None
    for span, window in _windows(limits):
        if window.used_percent is None:
            continue
        resets = _resets(window, spot.at)
        reading = known.get(f"{limit_id} {span}")
        if reading is not None and reading[0] == window.used_percent and abs(reading[1] - resets) <= SAME_RESET_S:
            continue
        if len(known) < LIMITS_KEPT:
            known[f"{limit_id} {span}"] = (window.used_percent, resets)
        resets_at = from_unix_ms(resets * 1000) if resets else None
        spot.out.limits.append(
            Limit(limit_id, span, spot.at, window.used_percent, window.window_minutes, resets_at, plan)
        )


def take_window(spot: Spot, tokens: int | None) -> None:
    """How long the context may be: told with every answer, and kept when it changes."""
    if tokens and tokens > 0 and tokens != spot.state.window and not spot.is_copied:
        spot.state.window = tokens
        say(spot, "context_window", str(tokens))


def _windows(limits: Limits) -> Iterator[tuple[str, Window]]:
    if limits.primary is not None:
        yield "primary", limits.primary
    elif limits.primary_used_percent is not None:
        yield "primary", Window(limits.primary_used_percent, limits.primary_window_minutes)
    if limits.secondary is not None:
        yield "secondary", limits.secondary
    elif limits.secondary_used_percent is not None:
        yield "secondary", Window(limits.secondary_used_percent, limits.secondary_window_minutes)


def _add(spot: Spot, message_id: str, request_id: str, usage: Vector, evidence: str) -> None:
    state, place = spot.state, spot.record.byte_offset
    fresh, cached, output, reasoning, _, _ = usage
    at, searches, state.searches = spot.at, state.searches, 0
    spot.out.add_response(
        Response(
            spot.run.index, spot.out.agent, message_id, request_id, 0, spot.run.kind, state.turn or state.prompt_id,
            None, at, at, state.model or "unknown", state.tier, max(0, fresh - cached), cached, 0, 0, output,
            reasoning, searches, None, "completed", evidence, spot.is_copied, False, spot.generation_id, place,
            at or "", spot.generation_id, place,
        ),
        spot.run,
    )  # fmt: skip


def _fill(spot: Spot, last: Vector) -> None:
    """How full the context is; the first reading after a compaction tells what the compaction left."""
    state = spot.state
    if _is_something(last):
        state.full = 0
    elif state.shrunk:
        compaction = Compaction(
            spot.run.index, state.shrunk, "full", None, spot.is_copied, spot.generation_id, tokens_after=last[5]
        )
        spot.out.compactions.append(compaction)
    elif not state.full:
        state.full = state.fill
    if last[5]:
        state.shrunk, state.fill = "", last[5]


def _vector(usage: Usage | None) -> Vector | None:
    """The numbers of a usage; none, where one is missing that has always been told."""
    if usage is None:
        return None
    fresh, cached, output, reasoning, total = usage.input, usage.cached, usage.output, usage.reasoning, usage.total
    if fresh is None or cached is None or output is None or reasoning is None or total is None:
        return None
    return fresh, cached, output, reasoning, usage.written or 0, total


def _is_something(usage: Vector) -> bool:
    return usage[0] + usage[2] > 0


def _is_sum(total: Vector, before: Vector, last: Vector) -> bool:
    return (
        total[0] == before[0] + last[0]
        and total[1] == before[1] + last[1]
        and total[2] == before[2] + last[2]
        and total[3] == before[3] + last[3]
    )


def _covers(more: Vector, less: Vector) -> bool:
    return more[0] >= less[0] and more[1] >= less[1] and more[2] >= less[2] and more[3] >= less[3]


def _less(total: Vector, before: Vector) -> Vector:
    a, b = total, before
    return a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3], a[4] - b[4], a[5] - b[5]


def _text(usage: Vector) -> str:
    fresh, cached, output, reasoning, written, total = usage
    return f"{fresh}.{cached}.{output}.{reasoning}.{written}.{total}"


def _resets(window: Window, at: str) -> float:
    """When a window begins anew, in seconds of Unix time; 0 when it is not told."""
    seconds = window.resets_at if window.resets_at is not None else window.reset_at
    if seconds is None and window.resets_in_seconds is not None:
        seconds = datetime.fromisoformat(at).timestamp() + window.resets_in_seconds
    return seconds or 0
