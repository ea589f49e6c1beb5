"""What is known of each file. SQL only; no file is opened, and nothing is imported that a quick look need not pay."""

import os
import sqlite3
import sys
from typing import Any, NamedTuple


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


KNOWN = """
select
    s.source_id, s.account_id, s.raw_path, s.kind, s.state, s.device_number, s.inode, s.size, s.mtime_ns, s.ctime_ns,
    s.generation_id, g.number, g.cursor, g.head, g.tail, g.open_line, g.carried
from source as s
join generation as g using (generation_id)
"""


def known_sources(connection: sqlite3.Connection, device_id: int) -> dict[bytes, Known]:
    """All sources of this device, by path."""
    rows = connection.execute(
        KNOWN + "join account as a using (account_id) where a.device_id = ?", (device_id,)
    ).fetchall()
    return {row[2]: known_of(row) for row in rows}


def known_of(row: tuple[Any, ...]) -> Known:
    """A row of it. Of words that many files share there is one object: a collector knows 10,000 of them."""
    known = Known(*row)
    return known._replace(kind=sys.intern(known.kind), state=sys.intern(known.state))


def account_id(connection: sqlite3.Connection, device_id: int, agent: str, root: str, name: str) -> int:
    """The account of a configuration root; its name follows the user's word."""
    row = connection.execute(
        "select account_id from account where device_id = ? and agent = ? and root = ? and name = ?",
        (device_id, agent, root, name),
    ).fetchone()
    if row is not None:
        return row[0]
    return connection.execute(
        """
        insert into account (device_id, agent, root, name)
        values (?, ?, ?, ?)
        on conflict (device_id, agent, root) do update set name = excluded.name
        returning account_id
        """,
        (device_id, agent, root, name),
    ).fetchone()[0]


def first_device(connection: sqlite3.Connection) -> str | None:
    """The machine that began this database."""
    row = connection.execute("select device from device order by device_id limit 1").fetchone()
    return row[0] if row else None


def device_id(connection: sqlite3.Connection, device: str, name: str) -> int:
    """The row of this machine."""
    row = connection.execute("select device_id from device where device = ? and name = ?", (device, name)).fetchone()
    if row is not None:
        return row[0]
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


# A session goes along with the last of its files. Where its new account knows a session of that id already, both stay.
MOVE_SESSIONS = """
update or ignore session set account_id = :account
where session_key in (
        select f.session_key
        from session_file as f
        join generation as g using (generation_id)
        where g.source_id = :source
    )
    and not exists (
        select 1
        from session_file as f
        join generation as g using (generation_id)
        join source as s using (source_id)
        where f.session_key = session.session_key and s.account_id <> :account and s.state <> 'gone'
    )
"""


def rename(connection: sqlite3.Connection, known: Known, account: int, raw_path: bytes, path: str) -> Known:
    """The same file under another name: its rows stay, its path follows, and they belong to the root it is under now.

    So the rows are those that a first look at the files as they lie would give, and new lines join the old ones.
    """
    connection.execute(
        "update source set account_id = ?, raw_path = ?, path = ? where source_id = ?",
        (account, raw_path, path, known.source_id),
    )
    if account != known.account_id:
        connection.execute(MOVE_SESSIONS, {"account": account, "source": known.source_id})
    return known._replace(account_id=account, raw_path=raw_path)


def forget(connection: sqlite3.Connection, source_id: int) -> None:
    """A path of which nothing was ever read, and that is no trouble any more."""
    connection.execute("delete from generation where source_id = ?", (source_id,))
    connection.execute("delete from source where source_id = ?", (source_id,))


def count_responses(connection: sqlite3.Connection) -> int:
    """How many billed answers are known."""
    return connection.execute("select coalesce(sum(responses), 0) from usage_quarter_hour").fetchone()[0]


def past_records(connection: sqlite3.Connection, generation_id: int, limit: int) -> list[tuple[str, int, int | None]]:
    """The latest records of a generation that have an id, and the heads of their threads: id, offset, head."""
    return connection.execute(
        """
        with latest as (
            select uuid, byte_offset, head
            from record
            where generation_id = :generation_id and uuid is not null
            order by byte_offset desc
            limit :most
        )
        select uuid, byte_offset, head
        from latest
        union
        select r.uuid, r.byte_offset, r.head
        from (select distinct head as byte_offset from latest where head is not null) as h
        join record as r on r.generation_id = :generation_id and r.byte_offset = h.byte_offset
        where r.uuid is not null
        order by byte_offset
        """,
        {"generation_id": generation_id, "most": limit},
    ).fetchall()
