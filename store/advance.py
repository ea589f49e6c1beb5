"""How far a file was read, and how that is written. SQL only; no file is opened."""

import sqlite3
from collections.abc import Iterable
from itertools import chain

from msgspec import Struct

from store.batch import Row
from store.sources import KNOWN, Known, Seen, known_of, set_state


class Advance(Struct):
    """How far one file was read in a batch, and what of it became records."""

    source_id: int
    generation_id: int
    seen: Seen
    cursor: int
    head: bytes
    tail: bytes
    carried: bytes
    records: list[Row]
    rejects: list[Row]
    state: str = "read"
    reason: str | None = None
    open_line: str | None = None
    version: str = ""
    ends_at: str | None = None
    mended: int = 0
    is_whole: bool = False
    made: list[Row] = []
    """Lines that were made of an agent's database rows, packed: nobody can read them a second time."""
    made_by: int = 1
    """The version of the source that read it."""


class Trouble(Struct):
    """A file that could not be read. seen says that it need not be looked at again until it changes."""

    source_id: int
    reason: str
    seen: Seen | None = None


ADVANCE_GENERATION = """
update generation
set cursor = ?, head = ?, tail = ?, carried = ?, open_line = ?, records = records + ?, rejected = rejected + ?,
    mended = mended + ?, ends_at = coalesce(max(ends_at, ?), ends_at, ?),
    made_by = iif(cursor = 0 or ?, ?, made_by)
where generation_id = ?
"""
ADVANCE_SOURCE = """
update source
set generation_id = ?, state = iif(state = 'pruned' and not ?, state, ?),
    reason = iif(state = 'pruned' and not ?, reason, ?),
    device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ?,
    version = coalesce(nullif(?, ''), version), read_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
where source_id = ?
"""
INSERT_RECORD = """
insert into record (generation_id, byte_offset, length, kind, at, uuid, head) values (?, ?, ?, ?, ?, ?, ?)
"""
INSERT_REJECT = """
insert into reject (generation_id, byte_offset, length, reason, digest, excerpt) values (?, ?, ?, ?, ?, ?)
"""
INSERT_MADE = "insert into row_line (generation_id, byte_offset, length, packed) values (?, ?, ?, ?)"
KNOWN_SOURCE = KNOWN + "where s.source_id = ?"
FORGET_RECORDS = """
delete from record where generation_id = ?
"""
FORGET_REJECTS = """
delete from reject where generation_id = ?
"""
FORGET_COUNTS = """
update generation set records = 0, rejected = 0, mended = 0 where generation_id = ?
"""


def advance(connection: sqlite3.Connection, advances: list[Advance]) -> None:
    """Write records and rejects, and move the cursors past them."""
    replaced = [(a.generation_id,) for a in advances if a.is_whole]
    for forget in (FORGET_RECORDS, FORGET_REJECTS, FORGET_COUNTS):
        connection.executemany(forget, replaced)
    connection.executemany(INSERT_RECORD, chain.from_iterable(a.records for a in advances))
    connection.executemany(INSERT_REJECT, chain.from_iterable(a.rejects for a in advances))
    connection.executemany(INSERT_MADE, [(a.generation_id, *row) for a in advances for row in a.made])
    connection.executemany(
        ADVANCE_GENERATION,
        [
            (
                a.cursor, a.head, a.tail, a.carried, a.open_line, len(a.records) - len(a.rejects), len(a.rejects),
                a.mended, a.ends_at, a.ends_at, a.is_whole, a.made_by, a.generation_id,
            )
            for a in advances
        ],
    )  # fmt: skip
    connection.executemany(
        ADVANCE_SOURCE,
        [
            (
                a.generation_id,
                bool(a.records),
                a.state,
                bool(a.records),
                a.reason,
                *a.seen,
                a.version,
                a.source_id,
            )
            for a in advances
        ],
    )


def known_now(connection: sqlite3.Connection, source_ids: Iterable[int]) -> list[Known]:
    """How far these files are read."""
    found = [connection.execute(KNOWN_SOURCE, (source_id,)).fetchone() for source_id in source_ids]
    return [known_of(row) for row in found]


def note(connection: sqlite3.Connection, troubles: Iterable[Trouble]) -> None:
    """Say of files why they could not be read."""
    for trouble in troubles:
        set_state(connection, trouble.source_id, "unreadable", trouble.reason, trouble.seen)
