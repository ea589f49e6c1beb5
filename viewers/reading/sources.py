"""`sources`: which files are read, how far, and what is wrong with those that are not."""

from collections import Counter
from contextlib import closing
from typing import NamedTuple

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers import query
from viewers.screen import format, output, terminal
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean, short_path
from viewers.trouble import tell

NEWEST = 20
"""How many files without a problem are listed unless all are asked for."""

COLUMNS = (
    Column("State"),
    Column("Agent", dispensable=3),
    Column("Account", least=8, dispensable=4),
    Column("Gen", is_number=True, dispensable=5),
    Column("Read", is_number=True, dispensable=2),
    Column("Bytes", is_number=True, dispensable=2),
    Column("Records", is_number=True, dispensable=1),
    Column("Rejected", is_number=True, dispensable=1),
    Column("Why", least=16),
    Column("Path", least=32, keeps_end=True),
)


class State(NamedTuple):
    """All files of one state."""

    state: str
    sources: int
    bytes: int
    records: int
    rejected: int


class Source(NamedTuple):
    """One file."""

    agent: str
    account: str
    kind: str
    state: str
    reason: str | None
    generation: int
    size: int
    cursor: int
    records: int
    rejected: int
    found_at: str
    read_at: str | None
    path: str
    is_problem: int


def run(*, as_json: bool, is_all: bool) -> int:
    """Show the counts, then the files."""
    try:
        with closing(open_reader(homes.locate())) as reader:
            states = [State(*row) for row in query.rows(reader, "source_counts")]
            found = [Source(*row) for row in query.rows(reader, "sources")]
    except NoDatabaseYet as nothing:
        tell(nothing)
        if not as_json:
            return 0
        states, found = list[State](), list[Source]()
    if as_json:
        output.print_json(document(states, found))
        return 0
    shown = found if is_all else listed(found)
    terminal.show(summary(states), *unreachable(found), *(["", *table(shown)] if shown else []))
    if len(shown) < len(found):
        terminal.say("", f"{format.things(len(found) - len(shown), 'more file')}; --all lists them")
    return 0


def listed(found: list[Source]) -> list[Source]:
    """Those with a problem, and the newest of the others."""
    return [source for source in found if source.is_problem] + [source for source in found if not source.is_problem][
        :NEWEST
    ]


def summary(states: list[State]) -> str:
    """All of them in one line."""
    if not states:
        return "no files are known"
    counts = ", ".join(f"{format.count(state.sources)} {state.state}" for state in states)
    return (
        f"{format.things(sum(state.sources for state in states), 'file')}: {counts}; "
        f"{format.size(sum(state.bytes for state in states))}, "
        f"{format.things(sum(state.records for state in states), 'record')}, "
        f"{format.count(sum(state.rejected for state in states))} rejected"
    )


def unreachable(found: list[Source]) -> list[str]:
    """A line for each folder that is out of reach: a disk that is not mounted may hold thousands of files."""
    files = Counter(source.reason or "" for source in found if source.state == "unreachable")
    return [
        terminal.paint(f"not reachable now: {format.things(number, 'file')} below {clean(reason)}", "bold")
        for reason, number in files.items()
    ]


def table(sources: list[Source]) -> list[str]:
    """A line for each file. A column that would say nothing, or the same everywhere, is left out."""
    rows = [
        Row(
            (
                source.state,
                source.agent,
                source.account,
                str(source.generation),
                format.percent(source.cursor, source.size),
                format.size(source.cursor),
                format.count(source.records),
                format.count(source.rejected) if source.rejected else format.NONE,
                source.reason or "",
                short_path(source.path),
            ),
            "bold" if source.is_problem else "",
        )
        for source in sources
    ]
    idle = {
        title
        for title, values in (
            ("Agent", {source.agent for source in sources}),
            ("Account", {source.account for source in sources}),
            ("Gen", {source.generation for source in sources}),
            ("Why", {source.reason for source in sources}),
        )
        if values <= {None, 1} or (title in ("Agent", "Account") and len(values) == 1)
    }
    kept = [index for index, column in enumerate(COLUMNS) if column.title not in idle]
    columns = tuple(COLUMNS[index] for index in kept)
    rows = [Row(tuple(row.cells[index] for index in kept), row.style) for row in rows]
    return list(lines(columns, rows, terminal.columns()))


def document(states: list[State], found: list[Source]) -> dict[str, object]:
    """The same for programs: all files."""
    return {
        "schemaVersion": 1,
        "states": {state.state: state.sources for state in states},
        "sources": [
            {
                "path": source.path,
                "agent": source.agent,
                "account": source.account,
                "kind": source.kind,
                "state": source.state,
                "reason": source.reason,
                "generation": source.generation,
                "bytes": source.size,
                "readBytes": source.cursor,
                "records": source.records,
                "rejected": source.rejected,
                "foundAt": source.found_at,
                "readAt": source.read_at,
            }
            for source in found
        ],
    }
