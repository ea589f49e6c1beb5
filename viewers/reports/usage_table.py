"""Sums as a table: a line for each, wide or compact as the terminal allows, a bar beside it; below, what signs mean."""

import textwrap

from store.light import NamedTuple
from viewers.reports.usage import Used
from viewers.screen import format, terminal
from viewers.screen.money import UNPRICED, worth
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean

WIDE = (
    Column("Input", is_number=True, dispensable=4),
    Column("Output", is_number=True, dispensable=3),
    Column("Write 5m", is_number=True, dispensable=6),
    Column("Write 1h", is_number=True, dispensable=6),
    Column("Cache read", is_number=True, dispensable=5),
    Column("Tokens", is_number=True),
)
COMPACT = (
    Column("Input", is_number=True, dispensable=4),
    Column("Output", is_number=True, dispensable=3),
    Column("Write", is_number=True, dispensable=6),
    Column("Read", is_number=True, dispensable=5),
    Column("Tokens", is_number=True),
)
COST, API_VALUE = "Cost", "API value"
BAR = Column("", dispensable=1)
WIDE_BAR, COMPACT_BAR = 12, 6
EIGHTHS = " ▏▎▍▌▋▊▉█"

AT_LEAST = "≥ at least: the end of an answer was never written down, or a part of it has no price."


class Line(NamedTuple):
    """A sum under its names, one for each of the columns that come first."""

    names: tuple[str, ...]
    used: Used
    style: str = ""
    has_bar: bool = True


class Look(NamedTuple):
    """What the user wants to see."""

    is_compact: bool = False
    has_cost: bool = True
    plan: str | None = None


def table(
    first: tuple[Column, ...],
    sums: list[Line],
    look: Look,
    unpriced: dict[str, int] | None = None,
    *,
    has_notes: bool = True,
) -> list[str]:
    """The table, and below it what its signs mean. unpriced: model → its tokens without a price."""
    room = terminal.columns()
    is_wide = not look.is_compact and (room is None or room >= terminal.COMPACT_BELOW)
    money = (Column(API_VALUE if look.plan else COST, is_number=True),) if look.has_cost else ()
    columns = (*first, *(WIDE if is_wide else COMPACT), *money, BAR)
    most = max([_length(line.used, look) for line in sums if line.has_bar], default=0)
    bar = WIDE_BAR if is_wide else COMPACT_BAR
    rows = [
        Row(
            (
                *line.names,
                *(_wide if is_wide else _compact)(line.used),
                *([worth(line.used)] if look.has_cost else []),
                drawn(_length(line.used, look), most, bar) if line.has_bar else "",
            ),
            line.style,
        )
        for line in sums
    ]
    notes = notes_of(sums, look, unpriced or {}) if has_notes else []
    return [*lines(columns, rows, room), *([""] if notes else []), *noted(notes)]


def noted(notes: list[str]) -> list[str]:
    """What is said below a table, no wider than the terminal."""
    return [terminal.paint(line, "dim") for line in wrapped(notes)]


def wrapped(texts: list[str]) -> list[str]:
    """The same in lines that are no wider than the terminal."""
    room = terminal.columns() or 1_000
    return [line for text in texts for line in textwrap.wrap(clean(text), room)]


def unpriced_note(unpriced: dict[str, int]) -> str:
    """Which models have no price, and how much there is of each."""
    models = ", ".join(f"{model} ({format.tokens(tokens)})" for model, tokens in unpriced.items())
    return f"{UNPRICED}: no price is known of {models}; in no sum of money."


def telemetry_note(tokens: int) -> list[str]:
    """Of what is counted, how much no transcript holds; nothing to say where that is nothing."""
    return [f"Of which seen only by telemetry: {format.tokens(tokens)} tokens, of calls that no file tells of."] * (
        tokens > 0
    )


def plan_note(plan: str) -> str:
    """Money is no bill, where a plan is paid for."""
    return f"API value: what these tokens are worth at API prices. Your plan is {plan}: this is no bill."


def drawn(part: int, most: int, columns: int) -> str:
    """A bar of that length, to the eighth of a column; what is not nothing is seen."""
    if most <= 0 or part <= 0:
        return ""
    eighths = max(1, round(columns * 8 * part / most))
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def short_names(models: list[str]) -> dict[str, str]:
    """Without the date of release at the end, where that leaves them apart."""
    short = {model: _undated(model) for model in models}
    names = list(short.values())
    return {model: name if names.count(name) == 1 else model for model, name in short.items()}


def _length(used: Used, look: Look) -> int:
    return used.usd_nanos if look.has_cost else used.total_tokens


def notes_of(sums: list[Line], look: Look, unpriced: dict[str, int]) -> list[str]:
    """What the signs in a table mean, as far as there are any."""
    notes: list[str] = []
    if any(line.used.lower_bounds or (look.has_cost and line.used.unpriced_tokens) for line in sums):
        notes.append(AT_LEAST)
    if look.has_cost and unpriced:
        notes.append(unpriced_note(unpriced))
    rows = sum(line.used.telemetry_only_tokens for line in sums if line.has_bar)
    notes += telemetry_note(max([rows, *(line.used.telemetry_only_tokens for line in sums)]))  # a total is of all
    if look.has_cost and look.plan:
        notes.append(plan_note(look.plan))
    return notes


def _wide(used: Used) -> tuple[str, ...]:
    return (
        format.tokens(used.input_tokens),
        format.at_least(format.tokens(used.output_tokens), used.lower_bounds),
        format.tokens(used.cache_write_5m_tokens),
        format.tokens(used.cache_write_1h_tokens),
        format.tokens(used.cache_read_tokens),
        format.at_least(format.tokens(used.total_tokens), used.lower_bounds),
    )


def _compact(used: Used) -> tuple[str, ...]:
    return (
        format.tokens(used.input_tokens),
        format.at_least(format.tokens(used.output_tokens), used.lower_bounds),
        format.tokens(used.cache_write_tokens),
        format.tokens(used.cache_read_tokens),
        format.at_least(format.tokens(used.total_tokens), used.lower_bounds),
    )


def _undated(model: str) -> str:
    name, _, date = model.rpartition("-")
    return name if len(date) == 8 and date.isdecimal() and name else model
