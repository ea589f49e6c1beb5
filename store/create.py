"""The birth of a database: built whole under another name, so that its own name never stands for a part of it."""

import os

from store import home as homes
from store import lock
from store.database import NAME, connect_writer, path_in
from store.errors import FleetmeterError
from store.header import APPLICATION_ID
from store.home import StrPath
from store.migrate import apply

NEW = NAME + ".new"
WAIT_S = 60.0


def create(home: StrPath, folder: StrPath) -> None:
    """Make the database unless another process was faster."""
    with lock.hold(home, "creating the database", name=lock.CREATOR, wait_s=WAIT_S):
        if not os.path.lexists(path_in(home)):
            _refuse_orphaned_log(home)
            _build(home, folder)


def _build(home: StrPath, folder: StrPath) -> None:
    new = os.path.join(home, NEW)
    for leftover in (new, new + "-wal", new + "-shm", new + "-journal"):
        if os.path.lexists(leftover):
            os.unlink(leftover)
    # -wal and -shm copy the mode of the main file, so that must be right before SQLite opens it.
    os.close(homes.create_private(new))
    connection = connect_writer(new, wal_autocheckpoint=1000)
    try:
        connection.execute(f"pragma application_id = {APPLICATION_ID:d}")
        apply(connection, folder)
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    finally:
        connection.close()
    _sync(new)
    os.rename(new, path_in(home))
    homes.sync_folder(home)


def _refuse_orphaned_log(home: StrPath) -> None:
    # SQLite would replay the log of the lost database into the new one.
    log = path_in(home) + "-wal"
    if os.path.exists(log) and os.path.getsize(log):
        raise FleetmeterError(
            f"{log} is here, but its database is gone",
            hint="put fleetmeter.db back, or move fleetmeter.db-wal and fleetmeter.db-shm away",
        )
    for leftover in (log, path_in(home) + "-shm"):
        if os.path.lexists(leftover):
            os.unlink(leftover)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
