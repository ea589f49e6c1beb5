"""CSV by RFC 4180, which no spreadsheet takes for a formula. Not the module csv: that costs more than a report."""

import sys
from collections.abc import Iterable

from viewers.screen import output, terminal
from viewers.screen.text import clean

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
QUOTED = frozenset('",\r\n')

Value = str | int | float | None


def show(names: Iterable[str], rows: Iterable[Iterable[Value]]) -> None:
    """The header and the rows on stdout."""
    output.utf8()
    read = clean if sys.stdout.isatty() else str  # a file gets what is there, a terminal no control
    terminal.show(*(f"{read(line(values))}\r" for values in (names, *rows)))


def line(values: Iterable[Value]) -> str:
    """One record, without its end."""
    return ",".join(map(cell, values))


def cell(value: Value) -> str:
    """A number as it is; a text so that it stays one: an apostrophe before what a spreadsheet would calculate."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    text = "'" + value if value.lstrip(" ").startswith(FORMULA) or value.startswith(FORMULA) else value
    return '"' + text.replace('"', '""') + '"' if not QUOTED.isdisjoint(text) else text
