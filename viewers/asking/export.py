"""`export`: all rows of a view or of a report, as CSV, JSON or Parquet, written as they are read."""

import os
import sqlite3
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager

from store import home as homes
from store.database import look, open_reader
from store.errors import NoDatabaseYet
from store.light import Any
from viewers import query
from viewers.asking import export_shapes, export_views, outlet
from viewers.asking.export_shapes import BATCH, FORMATS, INTEGER, REAL, SUFFIXES, TEXT, Shape
from viewers.asking.outlet import Write
from viewers.reports.flags import REPORTS, SPENDING, Asked
from viewers.reports.report import records
from viewers.reports.scope import Scope, narrowed, nearest, number_of, one_of, scope_of
from viewers.screen import format, terminal
from viewers.trouble import UsageTrouble, tell

OF_REPORTS = ("week_start", "mode", "breakdown", "instances")
"""Options that only a report has a use for."""
STANDARD_OUTPUT = "-"
TOLD = ("cache", "tools", "files", "anomalies", "forecast", "budgets")
"""Of the commands that tell where the money went: not `compare`, which is of two things, and `limits` is a view."""


def run(name: str, **chosen: Any) -> int:
    """Write all that was asked for."""
    asked = Asked(**chosen)
    name = known(name)
    shape = shape_of(asked)
    export_shapes.check(shape)
    with _written(asked, shape) as write:
        counted = (_view if name in export_views.names() else _report)(name, asked, shape, write)
    if asked.output not in (None, STANDARD_OUTPUT):
        size = format.size(os.path.getsize(asked.output))
        terminal.say(f"wrote {format.things(counted, 'row')} ({size}) to {asked.output}")
    return 0


def known(name: str) -> str:
    """The view or report of that name."""
    names = [*export_views.names(), *REPORTS, *TOLD]
    if name in SPENDING and name not in names:
        raise UsageTrouble(f"{name} is neither a view nor a report", hint=f"`fleetmeter {name} --csv` has its records")
    if name not in names:
        raise UsageTrouble(f"there is no view and no report {name!r}", hint=nearest(name, sorted(names)))
    return name


def shape_of(asked: Asked) -> str:
    """What was asked for, or else what the name of the file says."""
    told = one_of(asked.format, FORMATS, "--format")
    return told or SUFFIXES.get(os.path.splitext(asked.output or "")[1].lower(), FORMATS[0])


@contextmanager
def _written(asked: Asked, shape: str) -> Generator[Write, None, None]:
    if asked.output not in (None, STANDARD_OUTPUT):
        with outlet.file(asked.output) as stream:
            yield stream.write
        return
    if shape == "parquet" and sys.stdout.isatty():
        raise UsageTrouble("Parquet is nothing for a terminal", hint="--output FILE")
    with outlet.standard_output() as write:
        yield write


def _report(name: str, asked: Asked, shape: str, write: Write) -> int:
    """The records that `--csv` of the report has; all formats have the same."""
    taken = {*(REPORTS[name] if name in REPORTS else SPENDING[name])[1], "format", "output", "as_csv"}
    for option, value in asked._asdict().items():
        if value not in (None, False) and option not in taken:
            raise UsageTrouble(f"{name} takes no --{option.replace('_', '-')}", hint=f"`fleetmeter {name} --help`")
    names, found = records(name, asked, time.time()) if name in REPORTS else _told(name, asked)
    rows = [list(record) for record in found]
    into = export_shapes.opened(shape, write, names, lambda: _types(names, rows))
    if rows:
        into.add(rows)
    into.end()
    return len(rows)


def _told(name: str, asked: Asked) -> tuple[Sequence[str], Iterable[Iterable[Any]]]:
    from viewers.spending.shown import told  # who exports a view needs none of it

    shown = told(name, asked)
    return shown.names, shown.records


def _types(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Of a report: its money is real, other numbers are whole, all else is text."""
    held = list(zip(*rows, strict=True)) or [()] * len(names)
    return [
        REAL if name == "usd" or name.endswith("_usd") or any(isinstance(value, float) for value in values)
        else INTEGER if values and all(isinstance(value, int) or value is None for value in values) else TEXT
        for name, values in zip(names, held, strict=True)
    ]  # fmt: skip


def _view(name: str, asked: Asked, shape: str, write: Write) -> int:
    for option in OF_REPORTS:
        if getattr(asked, option):
            raise UsageTrouble(f"{name} is no report: it takes no --{option.replace('_', '-')}")
    limit = number_of(asked.limit, "--limit")
    scope = scope_of(asked, time.time())
    try:
        with closing(open_reader(homes.locate())) as reader:
            look(reader)
            scope = narrowed(scope, asked, reader)
            rows = export_views.rows_of(reader, name, scope, _sessions(reader, scope), limit)
            into = export_shapes.opened(shape, write, rows.names, lambda: export_views.types(reader, name, rows.names))
            counted = _pass_on(reader, rows, into)
    except NoDatabaseYet as nothing:
        if shape == "parquet":
            raise  # a file of no columns is none
        if shape == "json":
            write(b"[]\n")
        tell(nothing)
        return 0
    if not counted:
        terminal.say("nothing in this range" if scope.is_narrow else f"{name} is empty")
    return counted


def _pass_on(reader: sqlite3.Connection, rows: export_views.Rows, into: Shape) -> int:
    counted = 0
    for batch in export_views.batches(reader, rows, BATCH):
        into.add(batch)
        counted += len(batch)
    into.end()
    return counted


def _sessions(reader: sqlite3.Connection, scope: Scope) -> list[str] | None:
    """The ids of the sessions that were asked for."""
    if scope.sessions is None:
        return None
    keys = "[" + ",".join(map(str, scope.sessions)) + "]"
    return [row[1] for row in query.rows(reader, "session_cards", keys=keys)]
