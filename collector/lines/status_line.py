"""What an agent hands to its status line: how full the context is, what was spent, how much of the plan is used."""

from typing import Annotated

from msgspec import Meta, Struct, ValidationError, field
from msgspec.json import Decoder

from collector.lines.feed import Heard
from collector.lines.tolerant import fit, load
from collector.lines.when import from_unix_ms, instant
from store.live_facts import LimitLevel, StatusReading

Id = Annotated[str, Meta(max_length=200)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
WINDOWS = {"five_hour": 300, "seven_day": 10_080}  # how their names begin → minutes
MOST_PERCENT = 1e4
MOST_SECONDS = 1e11  # what is more is told in milliseconds
SOURCE = "status"


class Model(Struct):
    id: Id | None = None


class Cost(Struct):
    total_cost_usd: float | None = None


class Usage(Struct):
    input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None


class Context(Struct):
    size: Count | None = field(default=None, name="context_window_size")
    usage: Usage | None = field(default=None, name="current_usage")


class Meter(Struct):
    used_percent: float | None = field(default=None, name="used_percentage")
    resets_at: float | str | None = None


class Status(Struct):
    """The fields that are read, each optional."""

    session_id: Id | None = None
    model: Model | None = None
    cost: Cost | None = None
    context: Context | None = field(default=None, name="context_window")
    rate_limits: dict[str, Meter | None] | None = None


_decode = Decoder(Status).decode


def take_status(heard: Heard) -> str:
    """Keep what one drawing of a status line was told."""
    try:
        status = _decode(heard.body)
    except ValidationError:
        status = fit(load(heard.body), Status)
    if not status.session_id:
        raise ValueError("a status without a session")
    session = heard.out.session(status.session_id)
    if status.context is not None and status.context.size and status.context.usage is not None:
        usage = status.context.usage
        used = sum(
            count or 0
            for count in (usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens)
        )
        usd = status.cost.total_cost_usd if status.cost else None
        heard.out.status_readings.append(
            StatusReading(
                session.index, used, status.context.size, round(usd * 1e6) if usd and 0 < usd < 1e9 else 0,
                status.model.id if status.model else None, heard.at,
            )
        )  # fmt: skip
    for span, meter in (status.rate_limits or {}).items():
        if meter is not None and meter.used_percent is not None:
            add_level(heard, SOURCE, span, meter.used_percent, reset_of(meter.resets_at))
    return "status"


def add_level(
    heard: Heard, source: str, span: str, used_percent: float, resets_at: str | None,
    money: tuple[int | None, int | None] = (None, None),
) -> None:  # fmt: skip
    """Keep one reading of a plan limit. source is who told of it; money: spent, and what may be, in millionths."""
    if 0 <= used_percent <= MOST_PERCENT:
        minutes = next((minutes for begin, minutes in WINDOWS.items() if span.startswith(begin)), None)
        heard.out.limit_levels.append(
            LimitLevel(
                source, "plan", span[:100], resets_at or "", round(used_percent, 3), minutes, None, heard.at, *money,
            )
        )  # fmt: skip


def reset_of(moment: float | str | None) -> str | None:
    """Seconds since 1970, or text."""
    if isinstance(moment, str) or moment is None:
        return instant(moment)
    return from_unix_ms(moment if moment > MOST_SECONDS else moment * 1000) if moment > 0 else None
