"""What the archive holds and a database that was made anew does not know. SQL only."""

import sqlite3
from typing import TYPE_CHECKING

from store.sources import KNOWN, Known

if TYPE_CHECKING:  # it takes as long to import as a look at a thousand files, and every start asks whether this is due
    from store.kept import Kept

# A row of this database's own is no stray, also where its file has another name since.
CANDIDATES = """
where kind <> 'beside' and not is_dropped and covers > 0
    and coalesce(generation_id, -1) not in (select generation_id from store.generation)
order by raw_path, number, file_id
"""
FINISH = """
update source
set state = 'gone', reason = 'only the archive holds it; what it said is kept', size = ?, mtime_ns = ?, ctime_ns = null,
    device_number = null, inode = null
where source_id = ?
"""
NOWHERE = "update generation set head = x'', tail = x'' where generation_id = ?"
PAST = """
insert into generation (source_id, number, is_superseded)
select source_id, 1 + max(number), 1 from generation where source_id = ? group by source_id
returning generation_id, number
"""
DUE = "select 1 from meta where name = 'recover'"


def candidates(connection: sqlite3.Connection) -> "list[Kept]":
    """Generations to be recorded, those of one file together in their order."""
    from store.kept import KEPT, Kept

    return [Kept(*row) for row in connection.execute(KEPT + CANDIDATES).fetchall()]


def known_at(connection: sqlite3.Connection, raw_path: bytes) -> Known | None:
    """What this database has of a path, if it has read something there."""
    row = connection.execute(KNOWN + "where s.raw_path = ?", (raw_path,)).fetchone()
    return Known(*row) if row else None


def past_generation(connection: sqlite3.Connection, known: Known) -> Known:
    """One of a source that is superseded from the start: what stood there before."""
    generation_id, number = connection.execute(PAST, (known.source_id,)).fetchall()[0]
    return known._replace(generation_id=generation_id, number=number)


def account_of(connection: sqlite3.Connection, device_id: int, agent: str, root: str) -> int:
    """The account of a root, as it is named now, or new."""
    connection.execute(
        "insert or ignore into account (device_id, agent, root, name) values (?, ?, ?, ?)",
        (device_id, agent, root, root.rstrip("/").rpartition("/")[2]),
    )
    row = connection.execute(
        "select account_id from account where device_id = ? and agent = ? and root = ?", (device_id, agent, root)
    ).fetchone()
    return row[0]


def adopt(archive: sqlite3.Connection, one: "Kept", known: Known) -> None:
    """What is kept belongs to this generation now."""
    archive.execute("update file set generation_id = null where generation_id = ?", (known.generation_id,))
    archive.execute(
        "update file set generation_id = ?, source_id = ? where file_id = ?",
        (known.generation_id, known.source_id, one.file_id),
    )
    archive.execute(
        "update file set source_id = ? where kind = 'beside' and source_id is null and raw_path > ? and raw_path < ?",
        (known.source_id, known.raw_path.rpartition(b".")[0] + b"/", known.raw_path.rpartition(b".")[0] + b"0"),
    )


def finish(connection: sqlite3.Connection, known: Known, last: "Kept") -> None:
    """There is no such file now."""
    connection.execute(FINISH, (last.length, last.mtime_ns, known.source_id))
    if known.kind == "database":  # where its reading stood is not known: a database that comes back is read anew
        connection.execute(
            "update generation set head = x'', tail = x'' where generation_id = ?", (known.generation_id,)
        )


def is_due(connection: sqlite3.Connection) -> bool:
    return connection.execute(DUE).fetchone() is not None


def set_out(connection: sqlite3.Connection) -> None:
    """Whatever else happens first: what only the archive holds is to be recorded. Inside a transaction."""
    connection.execute("insert or replace into meta (name, value) values ('recover', 'due')")


def end(connection: sqlite3.Connection) -> None:
    connection.execute("delete from meta where name = 'recover'")
