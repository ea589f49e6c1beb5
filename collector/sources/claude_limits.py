"""How much of the plan is used, as streams of headless runs tell it, and as the vendor answers who asks."""

from typing import Annotated, Any, NamedTuple, cast

from msgspec import Meta, Struct, ValidationError, field
from msgspec.json import Decoder

from collector.lines.feed import Heard
from collector.lines.status_line import add_level, reset_of
from collector.lines.tolerant import fit, load

Id = Annotated[str, Meta(max_length=100)]
MOST_SCOPED, MOST_CENTS = 100, 1e9
OVERAGE, EXTRA, WEEK = "overage", "extra_usage", "seven_day"
FRACTION_MOST = 2.0  # a stream tells a fraction of 1, as the headers of answers do; a percentage is larger


class Info(Struct):
    status: Id | None = None
    resets_at: float | str | None = field(default=None, name="resetsAt")
    span: Id | None = field(default=None, name="rateLimitType")
    used: float | None = field(default=None, name="utilization")


class Event(Struct):
    """One line of a stream; all but those of limits say nothing here."""

    type: Id | None = None
    info: Info | None = field(default=None, name="rate_limit_info")


class Meter(Struct):
    used: float | None = field(default=None, name="utilization")
    resets_at: float | str | None = None
    is_enabled: bool | None = None
    spent: float | None = field(default=None, name="used_credits")
    most: float | None = field(default=None, name="monthly_limit")
    currency: str | None = None


class Level(NamedTuple):
    """One meter of an answer."""

    span: str
    used: float
    resets_at: float | str | None
    money: tuple[int | None, int | None] = (None, None)


class Named(Struct):
    display_name: Id | None = None


class Scope(Struct):
    model: Named | None = None


class Scoped(Struct):
    percent: float | None = None
    resets_at: float | str | None = None
    scope: Scope | None = None


_event = Decoder(Event).decode
_answer = Decoder(dict[str, Any]).decode


def take_stream(heard: Heard) -> str:
    """Keep what one line of a stream says of limits."""
    try:
        event = _event(heard.body)
    except ValidationError:
        event = fit(load(heard.body), Event)
    info = event.info
    if event.type != "rate_limit_event" or info is None:
        raise ValueError("a line of a stream that tells of no limit")
    used = info.used
    if used is not None:
        used = used * 100 if used <= FRACTION_MOST else used
    elif info.status == "rejected":
        used = 100.0
    if info.span and used is not None:
        add_level(heard, "stream", EXTRA if info.span == OVERAGE else info.span, used, reset_of(info.resets_at))
    return "limit"


def take_asked(heard: Heard) -> str:
    """Keep what the vendor answered. Names change there; what has a percentage is a meter."""
    found = meters(heard.body)
    if not found:
        raise ValueError("an answer without limits")
    for level in found:
        add_level(heard, "asked", level.span, level.used, reset_of(level.resets_at), level.money)
    return "limits"


def meters(body: bytes) -> list[Level]:
    """Each meter in an answer."""
    answer = _answer(body)
    found: list[Level] = []
    for span, value in answer.items():
        meter = fit(value, Meter)
        if meter.used is not None and meter.is_enabled is not False:
            found.append(Level(span, meter.used, meter.resets_at, _money(meter)))
    others = answer.get("limits")
    for value in cast("list[object]", others)[:MOST_SCOPED] if isinstance(others, list) else ():
        own = fit(value, Scoped)
        model = own.scope.model.display_name if own.scope and own.scope.model else None
        if own.percent is not None and model:
            found.append(Level(f"{WEEK}_{model.lower().replace(' ', '_')}", own.percent, own.resets_at))
    return found


def _money(meter: Meter) -> tuple[int | None, int | None]:
    """It counts cents; money of another country is left out, for nobody says what it is worth."""
    if meter.currency not in (None, "USD") or meter.spent is None:
        return None, None
    return _micros(meter.spent), _micros(meter.most)


def _micros(cents: float | None) -> int | None:
    return round(cents * 10_000) if cents is not None and 0 <= cents < MOST_CENTS else None
