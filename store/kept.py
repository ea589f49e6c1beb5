"""What the archive keeps of each file: which, how far, and its bytes. SQL only; no file of an agent is opened."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from store import blocks
from store.database import transaction

LINES, ROWS, WHOLE, FROZEN = "lines", "rows", "whole", "frozen"


class Kept(NamedTuple):
    """A row of the table `file`."""

    file_id: int
    generation_id: int | None
    source_id: int | None
    number: int
    agent: str
    root: str
    raw_path: bytes
    kind: str
    form: str
    length: int
    covers: int
    chain: bytes
    mode: int | None
    mtime_ns: int | None
    is_dropped: int
    kept_at: str


KEPT = f"select {', '.join(Kept._fields)} from file "  # noqa: S608 - the names of our own columns
OF_SOURCES = KEPT + "where source_id in (select value from json_each(?)) order by source_id, number, raw_path"  # noqa: S608 - as above
BEGIN = """
insert into file (generation_id, source_id, number, agent, root, raw_path, kind, form, chain, kept_at)
values (?, ?, ?, ?, ?, ?, ?, ?, x'', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
returning file_id
"""
SEAL = """
update file
set length = ?, covers = ?, chain = ?, mode = ?, mtime_ns = ?, raw_path = ?,
    kept_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
where file_id = ?
"""


class Owner(NamedTuple):
    """Whose bytes they are: a generation of a source, or, without one, a file beside that source's own."""

    generation_id: int | None
    source_id: int
    number: int
    agent: str
    root: str
    raw_path: bytes
    kind: str


def find(connection: sqlite3.Connection, generation_id: int) -> Kept | None:
    """What is kept of a generation."""
    row = connection.execute(KEPT + "where generation_id = ?", (generation_id,)).fetchone()
    return Kept(*row) if row else None


def find_beside(connection: sqlite3.Connection, raw_path: bytes) -> Kept | None:
    """What is kept of a file that no source reads."""
    row = connection.execute(KEPT + "where kind = 'beside' and raw_path = ?", (raw_path,)).fetchone()
    return Kept(*row) if row else None


def of_sources(connection: sqlite3.Connection, source_ids: list[int]) -> list[Kept]:
    """Everything that is kept of these sources, and beside them."""
    rows = connection.execute(OF_SOURCES, (str(source_ids),)).fetchall()
    return [Kept(*row) for row in rows]


def new_file(connection: sqlite3.Connection, owner: Owner, form: str) -> int:
    """A file of which nothing is kept yet."""
    return connection.execute(BEGIN, (*owner, form)).fetchone()[0]


def seal(
    connection: sqlite3.Connection, file_id: int, length: int, covers: int, raw_path: bytes, mode: int | None,
    mtime_ns: int | None,
) -> None:  # fmt: skip
    """So far it is kept now. Belongs into the transaction that wrote the blocks."""
    digest = blocks.chain(connection, file_id)
    connection.execute(SEAL, (length, covers, digest, mode, mtime_ns, raw_path, file_id))


def orphan(connection: sqlite3.Connection, file_id: int) -> None:
    """What is kept belongs to no generation that the database knows: to one of a database that was lost."""
    connection.execute("update file set generation_id = null, source_id = null where file_id = ?", (file_id,))


def drop(connection: sqlite3.Connection, file_id: int, *, forget: bool = False) -> None:
    """Give up the bytes of a file. What is not forgotten either is not archived again."""
    with transaction(connection):
        blocks.clear(connection, file_id)
        connection.execute("update file set is_dropped = 1, length = 0, chain = x'' where file_id = ?", (file_id,))
        if forget:
            connection.execute("delete from file where file_id = ?", (file_id,))


def content(connection: sqlite3.Connection, kept: Kept, start: int = 0) -> Iterator[bytes]:
    """The bytes that are kept, from a place on, a block at a time."""
    for first_byte, plain in blocks.read(connection, kept.file_id, start):
        yield plain[max(0, start - first_byte) :]
