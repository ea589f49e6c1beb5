"""What is known of each file, how far it was read, and how that knowledge moves on. SQL only; no file is opened."""

import os
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # facts are msgspec structs, whose import a look that finds nothing new should not pay for
    from store.facts import Record, Reject


class Known(NamedTuple):
    """A source as it was left: its identity when last looked at, and where its reading stopped."""

    source_id: int
    account_id: int
    raw_path: bytes
    kind: str
    state: str
    device_number: int | None
    inode: int | None
    size: int
    mtime_ns: int | None
    ctime_ns: int | None
    generation_id: int
    number: int
    cursor: int
    head: bytes
    tail: bytes
    open_line: str | None
    carried: bytes


class Seen(NamedTuple):
    """What a stat of the file said."""

    device_number: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def seen_of(found: os.stat_result) -> Seen:
    """The part of a stat that tells whether a file is still the one that was read."""
    return Seen(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Advance(NamedTuple):
    """How far one file was read in a batch, and what of it became records."""

    source_id: int
    generation_id: int
    seen: Seen
    cursor: int
    head: bytes
    tail: bytes
    carried: bytes
    records: "list[Record]"
    rejects: "list[Reject]"
    state: str = "read"
    reason: str | None = None
    open_line: str | None = None
    version: str = ""
    mended: int = 0
    is_whole: bool = False


KNOWN = """
select
    s.source_id, s.account_id, s.raw_path, s.kind, s.state, s.device_number, s.inode, s.size, s.mtime_ns, s.ctime_ns,
    s.generation_id, g.number, g.cursor, g.head, g.tail, g.open_line, g.carried
from source as s
join generation as g using (generation_id)
"""

ADVANCE_GENERATION = """
update generation
set cursor = ?, head = ?, tail = ?, carried = ?, open_line = ?, records = records + ?, rejected = rejected + ?,
    mended = mended + ?,
    ends_at = coalesce(max(ends_at, ?), ends_at, ?)
where generation_id = ?
"""

ADVANCE_SOURCE = """
update source
set generation_id = ?, state = ?, reason = ?, device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ?,
    version = coalesce(nullif(?, ''), version), read_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
where source_id = ?
"""

INSERT_RECORD = """
insert into record (generation_id, byte_offset, length, kind_id, at, uuid, head) values (?, ?, ?, ?, ?, ?, ?)
"""
INSERT_REJECT = """
insert into reject (generation_id, byte_offset, length, reason, hash, excerpt) values (?, ?, ?, ?, ?, ?)
"""


def known_sources(connection: sqlite3.Connection, device_id: int) -> dict[bytes, Known]:
    """All sources of this device, by path."""
    rows = connection.execute(
        KNOWN + "join account as a using (account_id) where a.device_id = ?", (device_id,)
    ).fetchall()
    return {row[2]: Known(*row) for row in rows}


def account_id(connection: sqlite3.Connection, device_id: int, agent: str, root: str, name: str) -> int:
    """The account of a configuration root; its name follows the user's word."""
    return connection.execute(
        """
        insert into account (device_id, agent, root, name)
        values (?, ?, ?, ?)
        on conflict (device_id, agent, root) do update set name = excluded.name
        returning account_id
        """,
        (device_id, agent, root, name),
    ).fetchone()[0]


def device_id(connection: sqlite3.Connection, device: str, name: str) -> int:
    """The row of this machine."""
    return connection.execute(
        """
        insert into device (device, name)
        values (?, ?)
        on conflict (device) do update set name = excluded.name
        returning device_id
        """,
        (device, name),
    ).fetchone()[0]


def add_source(connection: sqlite3.Connection, account: int, raw_path: bytes, path: str, kind: str) -> Known:
    """A file that was not known before, with its first generation, of which nothing is read yet."""
    source_id: int = connection.execute(
        """
        insert into source (account_id, raw_path, path, kind, state, found_at)
        values (?, ?, ?, ?, 'found', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
        returning source_id
        """,
        (account, raw_path, path, kind),
    ).fetchone()[0]
    generation_id = add_generation(connection, source_id)
    return Known(
        source_id, account, raw_path, kind, "found", None, None, 0, None, None, generation_id, 1, 0, b"", b"", None, b""
    )


def add_generation(connection: sqlite3.Connection, source_id: int) -> int:
    """Begin to read a source from its start; what an earlier generation said stays, superseded."""
    connection.execute("update generation set is_superseded = 1 where source_id = ?", (source_id,))
    generation_id: int = connection.execute(
        """
        insert into generation (source_id, number)
        select ?, 1 + coalesce(max(number), 0) from generation where source_id = ?
        returning generation_id
        """,
        (source_id, source_id),
    ).fetchone()[0]
    connection.execute("update source set generation_id = ? where source_id = ?", (generation_id, source_id))
    return generation_id


def set_state(
    connection: sqlite3.Connection, source_id: int, state: str, reason: str | None, seen: Seen | None
) -> None:
    """A file that was looked at and not read: gone, unreadable, skipped, or of another path now."""
    connection.execute("update source set state = ?, reason = ? where source_id = ?", (state, reason, source_id))
    if seen is not None:
        connection.execute(
            """
            update source set device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ? where source_id = ?
            """,
            (*seen, source_id),
        )


def rename(connection: sqlite3.Connection, source_id: int, raw_path: bytes, path: str) -> None:
    """The same file under another name: its rows stay, its path follows."""
    connection.execute("update source set raw_path = ?, path = ? where source_id = ?", (raw_path, path, source_id))


def advance(connection: sqlite3.Connection, agent: str, advances: Iterable[Advance]) -> None:
    """Write records and rejects, and move the cursors past them."""
    kinds = _Kinds(connection, agent)
    for a in advances:
        if a.is_whole:
            connection.execute("delete from record where generation_id = ?", (a.generation_id,))
            connection.execute("delete from reject where generation_id = ?", (a.generation_id,))
            connection.execute(
                "update generation set records = 0, rejected = 0 where generation_id = ?", (a.generation_id,)
            )
        id_ = a.generation_id
        connection.executemany(
            INSERT_RECORD, [(id_, r.byte_offset, r.length, kinds[r.kind], r.at, r.uuid, r.head) for r in a.records]
        )
        connection.executemany(
            INSERT_REJECT, [(id_, r.byte_offset, r.length, r.reason, r.digest, r.excerpt) for r in a.rejects]
        )
        ends_at = max((r.at for r in a.records if r.at is not None), default=None)
        connection.execute(
            ADVANCE_GENERATION,
            (
                a.cursor, a.head, a.tail, a.carried, a.open_line, len(a.records) - len(a.rejects), len(a.rejects),
                a.mended,                ends_at, ends_at, id_,
            ),
        )  # fmt: skip
        connection.execute(ADVANCE_SOURCE, (id_, a.state, a.reason, *a.seen, a.version, a.source_id))


def past_records(connection: sqlite3.Connection, generation_id: int, limit: int) -> list[tuple[str, int, int | None]]:
    """The latest records of a generation that have an id: id, offset, head; oldest first."""
    rows = connection.execute(
        """
        select uuid, byte_offset, head
        from record
        where generation_id = ? and uuid is not null
        order by byte_offset desc
        limit ?
        """,
        (generation_id, limit),
    ).fetchall()
    return rows[::-1]


class _Kinds(dict[str, int]):
    """Numbers for the kinds of records, given as they are first seen."""

    def __init__(self, connection: sqlite3.Connection, agent: str) -> None:
        super().__init__(connection.execute("select kind, kind_id from record_kind where agent = ?", (agent,)))
        self._connection, self._agent = connection, agent

    def __missing__(self, kind: str) -> int:
        self[kind] = self._connection.execute(
            "insert into record_kind (agent, kind) values (?, ?) returning kind_id", (self._agent, kind)
        ).fetchone()[0]
        return self[kind]
