"""Tokens as a table: one line for each sum, wide or compact as the terminal allows."""

from typing import NamedTuple

from viewers import format, terminal
from viewers.table import Column, Row, lines
from viewers.usage import Used

WIDE = (
    Column("Model", least=16),
    Column("Responses", is_number=True, dispensable=3),
    Column("Input", is_number=True),
    Column("Output", is_number=True),
    Column("Write 5m", is_number=True, dispensable=2),
    Column("Write 1h", is_number=True, dispensable=2),
    Column("Cache read", is_number=True, dispensable=1),
    Column("Total", is_number=True),
)
COMPACT = (
    Column("Model", least=12),
    Column("Input", is_number=True, dispensable=2),
    Column("Output", is_number=True, dispensable=1),
    Column("Write", is_number=True, dispensable=3),
    Column("Read", is_number=True, dispensable=3),
    Column("Total", is_number=True),
)
DATE = Column("Date")

WHY_AT_LEAST = "≥ at least: the end of an answer was never written down."


class Line(NamedTuple):
    """A sum under its names; the date is empty below the line that has it."""

    date: str
    name: str
    used: Used
    style: str = ""


def table(sums: list[Line]) -> list[str]:
    """The table, without a column of dates where none has one, and below it what its signs mean."""
    room = terminal.columns()
    is_wide = room is None or room >= terminal.COMPACT_BELOW
    columns, cells = (WIDE, _wide) if is_wide else (COMPACT, _compact)
    rows = [Row((line.name, *cells(line.used)), line.style) for line in sums]
    if any(line.date for line in sums):
        columns = (DATE, *columns)
        rows = [Row((line.date, *row.cells), row.style) for line, row in zip(sums, rows, strict=True)]
    shown = list(lines(columns, rows, room))
    if any(line.used.lower_bounds for line in sums):
        shown += ["", terminal.paint(WHY_AT_LEAST, "dim")]
    return shown


def short_names(models: list[str]) -> dict[str, str]:
    """Without the date of release at the end, where that leaves them apart."""
    short = {model: _undated(model) for model in models}
    names = list(short.values())
    return {model: name if names.count(name) == 1 else model for model, name in short.items()}


def _wide(used: Used) -> tuple[str, ...]:
    return (
        format.count(used.responses),
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
