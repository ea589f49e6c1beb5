"""Where the archive is, how it is made and opened. It is a database of its own: damage to it never hurts the facts."""

import os
import sqlite3

from store import header, schema
from store import home as homes
from store.database import connect_reader, connect_writer, is_current, path_in
from store.errors import Damaged, FleetmeterError
from store.home import StrPath

NAME = "fleetmeter-archive.db"
LOCK = "fleetmeter.archive.lock"
APPLICATION_ID = 0x666C6D61  # "flma"
FOLDER = os.path.join(schema.FOLDER, "archive")
NEW = NAME + ".new"
CHECKPOINT_PAGES = 2000


def archive_path(home: StrPath) -> str:
    return os.path.join(home, NAME)


def exists(home: StrPath) -> bool:
    """Whether anything was ever archived here."""
    return os.path.lexists(archive_path(home))


def open_archive(home: StrPath) -> sqlite3.Connection:
    """Open it to write, made or migrated first if need be. Whoever does holds the archive's lock."""
    path = archive_path(home)
    if not os.path.lexists(path):
        _create(home, path)
    _check(path)
    homes.close_to_others(home)
    connection = connect_writer(path, CHECKPOINT_PAGES)
    try:
        if not is_current(connection, FOLDER):
            from store.migrate import apply

            apply(connection, FOLDER)
    except BaseException:
        connection.close()
        raise
    return connection


def read_archive(home: StrPath) -> sqlite3.Connection | None:
    """Open it to read; None where there is none yet."""
    path = archive_path(home)
    if not os.path.lexists(path):
        return None
    _check(path)
    return connect_reader(path)


def attach_store(connection: sqlite3.Connection, home: StrPath) -> None:
    """The recorded facts beside the archive, to read only, under the name of `store`."""
    connection.execute("attach database ? as store", (header.uri(path_in(home), "mode=ro"),))


def _check(path: str) -> None:
    try:
        header.check(path, schema.newest(FOLDER), APPLICATION_ID)
    except Damaged as error:
        hint = f"move {NAME}, {NAME}-wal and {NAME}-shm away together: what is still on disk is then archived anew"
        raise FleetmeterError(error.args[0], hint=hint) from error


def _create(home: StrPath, path: str) -> None:
    from store.migrate import apply  # sqlite-utils takes a while to import

    new = os.path.join(home, NEW)
    for leftover in (new, new + "-wal", new + "-shm", new + "-journal", path + "-wal", path + "-shm"):
        if os.path.lexists(leftover):
            os.unlink(leftover)
    # -wal and -shm copy the mode of the main file, so that must be right before SQLite opens it.
    os.close(homes.create_private(new))
    with_space = sqlite3.connect(header.uri(new, "mode=rw"), uri=True, isolation_level=None)
    try:
        with_space.execute("pragma auto_vacuum = incremental")  # what a limit drops gives its space back
        with_space.execute("vacuum")
    finally:
        with_space.close()
    connection = connect_writer(new, CHECKPOINT_PAGES)
    try:
        connection.execute(f"pragma application_id = {APPLICATION_ID:d}")
        apply(connection, FOLDER)
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    finally:
        connection.close()
    os.rename(new, path)
    homes.sync_folder(home)
