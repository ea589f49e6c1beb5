"""What waits in the database until the archive has it, and the name by which the archive knows the database."""

import os
import sqlite3
from contextlib import closing

from store import archive, recovery
from store.home import StrPath

COVERED = "select generation_id, covers from file where generation_id is not null and form = 'rows'"


def name_store(connection: sqlite3.Connection, home: StrPath) -> None:
    """Give the database a name of its own: an archive that was kept for another one speaks of other files. They are
    to be recorded from it, where nothing else holds them."""
    name = os.urandom(16).hex()
    fresh = connection.execute("insert or ignore into meta (name, value) values ('store', ?)", (name,))
    if fresh.rowcount > 0 and archive.exists(home):
        recovery.set_out(connection)


def forget_archived(connection: sqlite3.Connection, home: StrPath, *, is_on: bool) -> None:
    """Drop the lines that wait for nothing any more. Whoever calls has begun a transaction."""
    if connection.execute("select 1 from row_line limit 1").fetchone() is None:
        return
    if not is_on:
        connection.execute("delete from row_line")
        return
    reader = archive.read_archive(home)
    if reader is None:
        return
    with closing(reader):
        store = connection.execute("select value from meta where name = 'store'").fetchone()
        if reader.execute("select value from meta where name = 'store'").fetchone() != store:
            return
        connection.executemany(
            "delete from row_line where generation_id = ? and byte_offset + length <= ?",
            reader.execute(COVERED).fetchall(),
        )
