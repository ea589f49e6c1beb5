"""The forms that an export may have: each takes the names, then rows as they are read, and holds only a few of them."""

import json
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, Protocol

from store.errors import FleetmeterError
from viewers.asking.answer import apart, jsonable
from viewers.asking.outlet import Write
from viewers.screen import csv_text
from viewers.screen.output import safe_json

FORMATS = ("csv", "json", "ndjson", "parquet")
SUFFIXES = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
BATCH = 10_000
"""Rows that are held at a time, and so the groups of a Parquet file."""
INTEGER, REAL, TEXT = "int64", "float64", "string"

Row = Sequence[Any]


class Shape(Protocol):
    """Takes rows, then the end."""

    def add(self, rows: Iterable[Row]) -> None: ...
    def end(self) -> None: ...


class Csv:
    """RFC 4180, and no formula for any spreadsheet."""

    def __init__(self, write: Write, names: Sequence[str]) -> None:
        self._write = write
        self._write(f"{csv_text.line(names)}\r\n".encode())

    def add(self, rows: Iterable[Row]) -> None:
        self._write("".join(f"{','.join(map(cell, row))}\r\n" for row in rows).encode("utf-8", "replace"))

    def end(self) -> None:
        pass


class Ndjson:
    """An object to a line."""

    def __init__(self, write: Write, names: Sequence[str]) -> None:
        self._write = write
        self._names = apart(names)

    def add(self, rows: Iterable[Row]) -> None:
        self._write("".join(f"{self._object(row)}\n" for row in rows).encode("utf-8", "replace"))

    def end(self) -> None:
        pass

    def _object(self, row: Row) -> str:
        values = dict(zip(self._names, map(jsonable, row), strict=True))
        return safe_json(json.dumps(values, ensure_ascii=False))


class Json(Ndjson):
    """A list of the same objects."""

    _between = "[\n"

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._write(f"{self._between}{self._object(row)}".encode("utf-8", "replace"))
            self._between = ",\n"

    def end(self) -> None:
        self._write(b"[]\n" if self._between == "[\n" else b"\n]\n")


class Parquet:
    """A file of columns, each of one type, in groups of rows."""

    def __init__(self, write: Write, names: Sequence[str], types: Sequence[str]) -> None:
        pyarrow, parquet = arrow()
        self._arrow = pyarrow
        self._types = types
        kinds = {INTEGER: pyarrow.int64(), REAL: pyarrow.float64(), TEXT: pyarrow.string()}
        self._schema = pyarrow.schema([(name, kinds[type_]) for name, type_ in zip(apart(names), types, strict=True)])
        self._writer = parquet.ParquetWriter(pyarrow.PythonFile(Stream(write), mode="w"), self._schema)

    def add(self, rows: Iterable[Row]) -> None:
        columns = [
            self._arrow.array([value(each, kind) for each in column], field.type)
            for column, kind, field in zip(zip(*rows, strict=True), self._types, self._schema, strict=True)
        ]
        self._writer.write_batch(self._arrow.record_batch(columns, schema=self._schema))

    def end(self) -> None:
        self._writer.close()


class Stream:
    """As much of a file as who writes Parquet asks for."""

    closed = False

    def __init__(self, write: Write) -> None:
        self._write = write
        self._at = 0

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._write(raw)
        self._at += len(raw)
        return len(raw)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def opened(format: str, write: Write, names: Sequence[str], types: Callable[[], Sequence[str]]) -> Shape:
    """The shape of that name; only Parquet asks for the types."""
    if format == "parquet":
        return Parquet(write, names, types())
    return {"csv": Csv, "json": Json, "ndjson": Ndjson}[format](write, names)


def check(format: str) -> None:
    """Whether it can be written here."""
    if format == "parquet":
        arrow()


def cell(value: Any) -> str:
    """One value of CSV: numbers with all their digits, bytes as hex."""
    if isinstance(value, float):
        text = repr(value)
        return f"{value:.15f}".rstrip("0") if "e-" in text else text.removesuffix(".0")
    return csv_text.cell(value.hex() if isinstance(value, bytes) else value)


def value(each: Any, kind: str) -> Any:
    """One value as a column of that type holds it."""
    if each is None or kind == INTEGER:
        return each
    if kind == REAL:
        return float(each)
    return each.hex() if isinstance(each, bytes) else str(each)


def arrow() -> tuple[Any, Any]:
    """The modules that write Parquet."""
    # Not a dependency: it is as large as all of the others together.
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise FleetmeterError(
            "Parquet needs pyarrow, which is not installed",
            hint="install it with fleetmeter: `pip install pyarrow`, or the extra `parquet`; CSV and JSON need nothing",
        ) from error
