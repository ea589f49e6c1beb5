"""A copy of the whole database that was proven to hold what it should before it gets its name."""

import os
import sqlite3
import time

from store import home as homes
from store.errors import FleetmeterError
from store.header import uri
from store.home import BACKUPS, StrPath

NEW = "fleetmeter.new"


def back_up(connection: sqlite3.Connection, home: StrPath, why: str, now: float) -> str:
    """Write backups/fleetmeter-<why>-<time>.db and return its path; a failure leaves nothing behind."""
    folder = os.path.join(home, BACKUPS)
    homes.make_folder(folder)
    new = os.path.join(folder, NEW)
    final = os.path.join(folder, f"fleetmeter-{why}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}.db")
    if os.path.lexists(new):
        os.unlink(new)
    try:
        _copy(connection, new)
        os.rename(new, final)
    except (sqlite3.Error, OSError) as error:
        raise FleetmeterError(
            f"the backup before the change failed: {error}",
            hint="nothing was changed; free some space and run it again",
        ) from error
    finally:
        if os.path.lexists(new):
            os.unlink(new)
    homes.sync_folder(folder)
    return final


def _copy(connection: sqlite3.Connection, new: str) -> None:
    descriptor = homes.create_private(new)  # VACUUM INTO fills an empty file and leaves its mode alone
    try:
        connection.execute("vacuum into :path", {"path": new})
        _verify(connection, new)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _verify(connection: sqlite3.Connection, new: str) -> None:
    copy = sqlite3.connect(uri(new, "mode=ro"), uri=True, isolation_level=None)
    try:
        # Not enough alone: the empty file that a failed VACUUM INTO leaves passes it.
        if copy.execute("pragma integrity_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("the copy is not intact")
        if content(copy) != content(connection):
            raise sqlite3.DatabaseError("the copy does not hold the same rows")
    finally:
        copy.close()


def content(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The schema, and how many rows each table has."""
    schema: list[tuple[object, ...]] = connection.execute(
        "select type, name, tbl_name, sql from sqlite_master order by type, name"
    ).fetchall()
    tables = [str(name) for kind, name, *_ in schema if kind == "table"]
    return schema + [
        (table, *connection.execute(_COUNT.format(table.replace('"', '""'))).fetchone()) for table in tables
    ]


_COUNT = 'select count(*) from "{}"'
