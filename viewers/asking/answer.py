"""The rows of a query as JSON, CSV or a table, written as they come or when all are there."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from viewers.screen import terminal
from viewers.screen.output import safe_json
from viewers.screen.table import Column, Row, fits, lines
from viewers.screen.text import clean, width

BLOB_SHOWN = 16  # bytes
CELL_MOST = 1_000
"""Characters of one value on a terminal; what it leaves out is in the JSON and the CSV."""
LEAST = 8
NULL = "null"

Value = str | bytes | int | float | None


class Answer(Protocol):
    """Takes the names of the columns, then each row, then the end."""

    def head(self, names: Sequence[str]) -> None: ...
    def add(self, row: Sequence[Any]) -> None: ...
    def end(self) -> None: ...


class Json:
    """A list of objects, one to a line."""

    def __init__(self, room: int | None) -> None:
        self._names: list[str] = []
        self._between = "["

    def head(self, names: Sequence[str]) -> None:
        self._names = apart(names)

    def add(self, row: Sequence[Any]) -> None:
        values = dict(zip(self._names, map(jsonable, row), strict=True))
        sys.stdout.write(f"{self._between}\n{safe_json(json.dumps(values, ensure_ascii=False))}")
        self._between = ","

    def end(self) -> None:
        sys.stdout.write("[]\n" if self._between == "[" else "\n]\n")


class Csv:
    """RFC 4180. A file gets the values as they are; a terminal gets them clean."""

    def __init__(self, room: int | None) -> None:
        import csv

        self._is_seen = room is not None
        self._writer = csv.writer(sys.stdout, lineterminator="\r\n")

    def head(self, names: Sequence[str]) -> None:
        self._writer.writerow(list(map(self._text, names)))

    def add(self, row: Sequence[Any]) -> None:
        self._writer.writerow(list(map(self._text, row)))

    def end(self) -> None:
        pass

    def _text(self, value: Value) -> str | int | float | None:
        text = value.hex() if isinstance(value, bytes) else value
        return clean(text) if self._is_seen and isinstance(text, str) else text


class Table:
    """A table, or where that is too wide for the terminal, each row as a list of its values."""

    def __init__(self, room: int | None) -> None:
        self._room = room
        self._names: list[str] = []
        self._rows: list[tuple[str, ...]] = []
        self._are_numbers: list[bool] = []

    def head(self, names: Sequence[str]) -> None:
        self._names = [clean(name) for name in names]
        self._are_numbers = [True] * len(names)

    def add(self, row: Sequence[Any]) -> None:
        for index, value in enumerate(row):
            self._are_numbers[index] &= value is None or isinstance(value, int | float)
        self._rows.append(tuple(map(self._text, row)))

    def end(self) -> None:
        columns = tuple(
            Column(name, is_number, 0 if is_number else LEAST)
            for name, is_number in zip(self._names, self._are_numbers, strict=True)
        )
        widths = [max(map(width, texts)) for texts in zip(self._names, *self._rows, strict=True)]
        if not self._names:
            return  # stopped before it had anything to say
        if self._room is None or fits(columns, widths, self._room) or not self._rows:
            terminal.show(*lines(columns, [Row(row) for row in self._rows], self._room))
        else:
            self._list()

    def _list(self) -> None:
        longest = max(map(width, self._names))
        for number, row in enumerate(self._rows, 1):
            terminal.show(terminal.paint(f"row {number}", "dim"))
            for name, text in zip(self._names, row, strict=True):
                terminal.show(f"  {name}{' ' * (longest - width(name))}  {text}")

    def _text(self, value: Value) -> str:
        text = shown(value)
        return text if self._room is None or len(text) <= CELL_MOST else f"{text[:CELL_MOST]}… {len(text):,} characters"


SHAPES = {"json": Json, "csv": Csv, "table": Table}


def shown(value: Value) -> str:
    """One value in one line."""
    if value is None:
        return NULL
    if isinstance(value, bytes):
        rest = f"… {len(value):,} bytes" if len(value) > BLOB_SHOWN else ""
        return f"x'{value[:BLOB_SHOWN].hex()}{rest}'"
    return clean(str(value))


def jsonable(value: Value) -> str | int | float | None:
    """What JSON can say of it: bytes as hex digits, and the two numbers beyond all others by name."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def apart(names: Sequence[str]) -> list[str]:
    """Each name once: a second `at` becomes `at_2`."""
    found: list[str] = []
    for name in names:
        other, number = name, 2
        while other in found or (other != name and other in names):
            other, number = f"{name}_{number}", number + 1
        found.append(other)
    return found
