"""`files`: which files were changed most, by how many lines, in how many sessions."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from store.light import NamedTuple
from viewers import query
from viewers.reports.flags import Asked
from viewers.reports.local_day import day_of, is_within
from viewers.reports.report import say_nothing
from viewers.reports.scope import Scope, number_of, one_of
from viewers.reports.usage_table import noted, wrapped
from viewers.screen import format, terminal
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import short_path
from viewers.spending.shown import Shown, asked_in, range_words, recent

ORDERS = ("edits", "lines", "sessions", "name")
TOP = 20
COLUMNS = (
    Column("File", least=16, keeps_end=True),
    Column("Edits", is_number=True),
    Column("Added", is_number=True),
    Column("Removed", is_number=True),
    Column("Sessions", is_number=True, dispensable=1),
    Column("Last", dispensable=2),
)
NAMES = ("path", "project", "edits", "lines_added", "lines_removed", "uncounted_edits", "sessions", "last_at")

defaults = recent


class File(NamedTuple):
    """All changes of a file; of some edits nobody tells the lines."""

    path: str
    project: str | None
    edits: int
    lines_added: int
    lines_removed: int
    uncounted: int
    sessions: int
    last_at: str


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """The files of the range, those first that were changed most."""
    order = one_of(asked.order, ORDERS, "--order") or ORDERS[0]
    limit = number_of(asked.limit, "--limit") or TOP
    day = day_of(scope)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for path, *edit in query.rows(reader, "edits_in", **asked_in(scope)):
        if is_within(scope, day(edit[2])):
            found.setdefault(path, []).append(tuple(edit))
    every = ordered([file_of(path, edits) for path, edits in found.items()], order)
    shown = every[:limit]
    sessions = len({edit[1] for edits in found.values() for edit in edits})
    whole = _whole(every, sessions) if every else None
    document: dict[str, Any] = {
        "files": [_document(file) for file in shown],
        "totals": {
            "files": len(every),
            "edits": whole.edits if whole else 0,
            "linesAdded": whole.lines_added if whole else 0,
            "linesRemoved": whole.lines_removed if whole else 0,
            "uncountedEdits": whole.uncounted if whole else 0,
            "sessions": sessions,
        },
        "omittedRows": len(every) - len(shown),
        "timezone": scope.zone.name,
        "since": scope.since,
        "until": scope.until,
    }
    return Shown(document, partial(_lines, scope, shown, whole, len(every)), NAMES, shown)


def _whole(files: list[File], sessions: int) -> File:
    edits, added, removed, uncounted = (sum(column) for column in zip(*(file[2:6] for file in files), strict=True))
    return File("Total", None, edits, added, removed, uncounted, sessions, "")


def file_of(path: str, edits: list[tuple[Any, ...]]) -> File:
    """The sums of its changes: project, session, time, action, lines added and removed."""
    return File(
        path,
        edits[0][0],
        len(edits),
        sum(edit[4] or 0 for edit in edits),
        sum(edit[5] or 0 for edit in edits),
        sum(edit[4] is None and edit[5] is None for edit in edits),
        len({edit[1] for edit in edits}),
        max(edit[2] for edit in edits),
    )


def ordered(files: list[File], order: str) -> list[File]:
    def size(file: File) -> int:
        return {
            "edits": file.edits, "lines": file.lines_added + file.lines_removed, "sessions": file.sessions, "name": 0,
        }[order]  # fmt: skip

    return sorted(files, key=lambda file: (-size(file), -file.edits if order != "name" else 0, file.path))


def _document(file: File) -> dict[str, Any]:
    return {
        "path": file.path,
        "project": file.project,
        "edits": file.edits,
        "linesAdded": file.lines_added,
        "linesRemoved": file.lines_removed,
        "uncountedEdits": file.uncounted,
        "sessions": file.sessions,
        "lastActivity": file.last_at,
    }


def _lines(scope: Scope, shown: list[File], whole: File | None, number: int, plan: str | None) -> Iterator[str]:
    if whole is None:
        say_nothing(scope)
        return
    yield from wrapped([f"{format.things(number, 'file')} changed{range_words(scope)} in {scope.zone.name}"])
    yield ""
    day = day_of(scope)
    rows = [Row((*_cells(file), day(file.last_at))) for file in shown]
    if number > 1:
        rows.append(Row((*_cells(whole), ""), "bold"))
    yield from lines(COLUMNS, rows, terminal.columns())
    notes = [f"{format.things(number - len(shown), 'file')} more; the total is of all."] if number > len(shown) else []
    if whole.uncounted:
        notes.append(f"≥ at least: of {format.things(whole.uncounted, 'edit')} no record tells the lines.")
    yield from ("", *noted(notes)) if notes else ()


def _cells(file: File) -> tuple[str, ...]:
    return (
        short_path(file.path),
        format.count(file.edits),
        _changed("+", file.lines_added, file),
        _changed("-", file.lines_removed, file),
        format.count(file.sessions),
    )


def _changed(sign: str, number: int, file: File) -> str:
    """Lines; where no edit tells any, nothing is known."""
    return format.NONE if file.uncounted == file.edits else format.at_least(f"{sign}{number:,}", file.uncounted)
