"""What agents export of themselves (OTLP), as doors/otlp.py wrote it down: one event, or one point of a meter."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from collector.lines.feed import Heard
from collector.lines.when import from_unix_ms, instant
from store.facts import TEXT_KEPT, Response, Run
from store.telemetry_facts import ApiCall, MetricPoint

MOST = 10**12  # of anything that is counted
LONGEST_ID = 200
BILLED = "billed"
"""The stop reason of a call that is known to have ended, where nothing says how: before all real ones by name."""


class Told(Struct):
    """The body of a message: an event has a name in log, a point one in metric."""

    log: str | None = None
    metric: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    ns: int | None = None
    since_ns: int | None = None
    value: float | None = None
    is_delta: bool = False
    version: str | None = None

    def text(self, name: str, most: int = LONGEST_ID) -> str | None:
        """An attribute that is a text, and not an empty one."""
        value = self.attributes.get(name)
        return value[:most].replace("\0", "\u2400") if isinstance(value, str) and value else None

    def count(self, name: str) -> int | None:
        """An attribute that is a number: programs write them as numbers or as texts."""
        value = self.attributes.get(name)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
            return None
        return int(value)


Taker = Callable[[Heard, Told], None]
"""Adds what an event or a point says to the batch."""

_decode = Decoder(Told).decode


def take_telemetry(heard: Heard, takers: Mapping[str, Taker]) -> str:
    """Keep what it says, where that is looked for: most of it stands in the agent's files too, and is only counted."""
    told = _decode(heard.body)
    name = told.log or told.metric
    if not name:
        raise ValueError("telemetry without a name")
    taker = takers.get(name)
    if taker is not None:
        taker(heard, told)
    return name[:100]


def at_of(heard: Heard, told: Told, stamp: str | None = None) -> str:
    """When it happened; when it was heard, where it does not say."""
    return instant(stamp) or _moment(told.ns) or heard.at


def add_call(heard: Heard, run: Run, call: ApiCall) -> None:
    """A call of a session, known by all that was said of it: who gets no answer sends the same again."""
    call.session, call.call_id = run.session.index, blake2b(heard.body, digest_size=16).digest()
    call.error = call.error[:TEXT_KEPT] if call.error else None
    session = run.session
    session.last_at = max(session.last_at, call.at)
    session.first_at = min(session.first_at, call.at) if session.first_at else call.at
    heard.out.api_calls.append(call)


def add_answer(heard: Heard, run: Run, run_kind: str, call: ApiCall, tier: str) -> None:
    """The answer of such a call, which counts where no transcript holds it: the store sees to that.

    Which part of a cache write was for an hour is not told; the store may find out.
    """
    if not call.request_id or not call.model:
        return
    tokens = (call.input_tokens or 0, call.cache_read_tokens or 0, call.cache_write_tokens or 0, 0)
    heard.out.add_response(
        Response(
            run.index, heard.out.agent, call.request_id, call.request_id, 0, run_kind, call.prompt_id, None, call.at,
            call.at, call.model, tier, *tokens, call.output_tokens or 0, call.reasoning_tokens or 0, 0,
            call.reported_usd_micros, BILLED, "telemetry", False, False, heard.generation_id, heard.byte_offset,
            "", heard.generation_id, heard.byte_offset,
        ),
        run,
    )  # fmt: skip


def add_point(heard: Heard, told: Told, run: Run, model: str, kind: str, purpose: str) -> None:
    """What a meter counted."""
    if told.value is None or not 0 <= told.value <= MOST:
        raise ValueError("a point without a number")
    since_at = _moment(told.since_ns) or ""
    heard.out.metric_points.append(
        MetricPoint(
            run.session.index, model, kind, purpose, since_at, at_of(heard, told), told.is_delta, int(told.value)
        )
    )


def _moment(ns: int | None) -> str | None:
    return from_unix_ms(ns / 1e6) if ns else None
