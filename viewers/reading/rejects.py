"""`rejects`: which lines were refused, where they stand, and why."""

from contextlib import closing
from typing import NamedTuple

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers import query
from viewers.screen import format, output, terminal
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import short_path
from viewers.trouble import tell

NEWEST = 20
ALL = -1  # to SQLite a limit below zero is none

REASONS = (
    Column("Rejected", is_number=True),
    Column("Files", is_number=True),
    Column("Bytes", is_number=True),
    Column("Why", least=20),
)
COLUMNS = (
    Column("Offset", is_number=True),
    Column("Length", is_number=True, dispensable=2),
    Column("Why", least=16),
    Column("Path", least=20, keeps_end=True),
    Column("Begins with", least=12, dispensable=1),
)


class Reason(NamedTuple):
    """All lines refused for one reason."""

    reason: str
    rejects: int
    sources: int
    bytes: int


class Reject(NamedTuple):
    """One line."""

    agent: str
    account: str
    path: str
    generation: int
    is_superseded: int
    byte_offset: int
    length: int
    reason: str
    excerpt: bytes


def run(*, as_json: bool, limit: int | None) -> int:
    """Show the counts by reason, then the lines: for programs all of them unless a limit is asked for."""
    most = limit if limit is not None else ALL if as_json else NEWEST
    try:
        with closing(open_reader(homes.locate())) as reader:
            reasons = [Reason(*row) for row in query.rows(reader, "reject_counts")]
            found = [Reject(*row) for row in query.rows(reader, "rejects", limit=most)]
    except NoDatabaseYet as nothing:
        tell(nothing)
        if not as_json:
            return 0
        reasons, found = list[Reason](), list[Reject]()
    if as_json:
        output.print_json(document(reasons, found))
        return 0
    if not reasons:
        terminal.show("no line was rejected")
        return 0
    terminal.show(*reason_table(reasons), "", *table(found))
    rest = sum(reason.rejects for reason in reasons) - len(found)
    if rest > 0:
        terminal.say("", f"{format.things(rest, 'more rejected line')}; --limit N lists more")
    return 0


def reason_table(reasons: list[Reason]) -> list[str]:
    """How many lines were refused for what."""
    rows = [
        Row((format.count(found.rejects), format.count(found.sources), format.size(found.bytes), found.reason))
        for found in reasons
    ]
    return list(lines(REASONS, rows, terminal.columns()))


def table(found: list[Reject]) -> list[str]:
    """Where each line stands; what was refused is shown, but never obeyed."""
    rows = [
        Row(
            (
                str(reject.byte_offset),
                format.size(reject.length),
                reject.reason,
                short_path(reject.path),
                excerpt(reject),
            )
        )
        for reject in found
    ]
    return list(lines(COLUMNS, rows, terminal.columns()))


def document(reasons: list[Reason], found: list[Reject]) -> dict[str, object]:
    """The same for programs."""
    return {
        "schemaVersion": 1,
        "reasons": {reason.reason: reason.rejects for reason in reasons},
        "rejects": [
            {
                "path": reject.path,
                "agent": reject.agent,
                "account": reject.account,
                "generation": reject.generation,
                "isSuperseded": bool(reject.is_superseded),
                "byteOffset": reject.byte_offset,
                "length": reject.length,
                "reason": reject.reason,
                "excerpt": excerpt(reject),
            }
            for reject in found
        ],
    }


def excerpt(reject: Reject) -> str:
    """Its first bytes as text, as far as they are any."""
    return reject.excerpt.decode("utf-8", "replace")
