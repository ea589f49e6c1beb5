"""How the database is opened: one writer, any number of readers that cannot write."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from store import header, schema
from store import home as homes
from store.errors import FleetmeterError, NoDatabaseYet
from store.filesystem import Detector, filesystem_type, refuse_network
from store.header import APPLICATION_ID as APPLICATION_ID
from store.home import StrPath

NAME = "fleetmeter.db"
BUSY_S = 5.0
OLDEST_SQLITE = (3, 38)  # the views speak its JSON
CHECKPOINT_PAGES = 1000
LOOK = "begin deferred"  # for readers alone: see look

WRITER_SETTINGS = """
pragma journal_mode = wal
pragma synchronous = normal
pragma journal_size_limit = 4194304
pragma cache_size = -8192
pragma temp_store = memory
"""
READER_SETTINGS = """
pragma cache_size = -8192
pragma temp_store = memory
"""


def path_in(home: StrPath) -> str:
    return os.path.join(home, NAME)


def open_writer(
    home: StrPath,
    *,
    folder: StrPath = schema.FOLDER,
    wal_autocheckpoint: int = CHECKPOINT_PAGES,
    detect: Detector = filesystem_type,
) -> sqlite3.Connection:
    """Open the database to write, made or migrated first if need be. Whoever then writes holds the writer's lock."""
    check_sqlite()
    homes.prepare(home, detect)
    path = path_in(home)
    if not os.path.lexists(path):
        from store.create import create  # sqlite-utils takes 60 ms to import: only where it is needed

        create(home, folder)
    header.check(path, schema.newest(folder))
    homes.close_to_others(home)
    connection = connect_writer(path, wal_autocheckpoint)
    try:
        if not is_current(connection, folder):
            from store.migrate import migrate

            migrate(connection, home, folder)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(
    home: StrPath, *, folder: StrPath = schema.FOLDER, detect: Detector = filesystem_type
) -> sqlite3.Connection:
    """Open the database to read it; it is never made, changed or migrated."""
    check_sqlite()
    path = path_in(home)
    try:
        os.lstat(path)
    except FileNotFoundError:
        raise NoDatabaseYet(
            f"nothing is recorded yet in {os.fspath(home)}", hint="run `fleetmeter collect --once`"
        ) from None
    except OSError as error:  # of what cannot be looked at nobody knows whether it is there
        raise homes.unusable(path, "cannot be looked at", error) from error
    refuse_network(os.fspath(home), detect)
    newest = schema.newest(folder)
    version = header.check(path, newest)
    if version < newest:
        raise FleetmeterError(
            f"{path} was written by an older fleetmeter: its version is {version}, this one reads {newest}",
            hint="run `fleetmeter collect --once`, which brings it up to date after a backup",
        )
    return connect_reader(path)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None, None, None]:
    """All or nothing. Immediate: a transaction that begins by reading gets SQLITE_BUSY at once when it must upgrade."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        # On a full disk SQLite has rolled back by itself, and a second rollback would hide the cause.
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def look(reader: sqlite3.Connection) -> None:
    """Let a reader see one moment from now on, until it is closed: it holds no lock that a writer waits for."""
    reader.execute(LOOK)


def connect_writer(path: str, wal_autocheckpoint: int) -> sqlite3.Connection:
    """A connection that writes to a database which exists; it is not checked, not migrated."""
    connection = _connect(path, "mode=rw", WRITER_SETTINGS)
    try:
        connection.execute(f"pragma wal_autocheckpoint = {wal_autocheckpoint:d}")
        (mode,) = connection.execute("pragma journal_mode").fetchone()
    except BaseException:
        connection.close()
        raise
    if mode != "wal":
        connection.close()
        raise FleetmeterError(f"{path}: this place allows no WAL mode", hint="set FLEETMETER_HOME to a local disk")
    return connection


def connect_reader(path: str) -> sqlite3.Connection:
    """A connection that cannot write, to a database that was checked."""
    return _connect(path, "mode=ro", READER_SETTINGS)


def check_sqlite() -> None:
    """Python brings SQLite along, or takes the system's; an old one would fail later, and say nothing that helps."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise FleetmeterError(
            f"this Python works with SQLite {sqlite3.sqlite_version}; fleetmeter needs {oldest} or later",
            hint="install fleetmeter with a newer Python: `uv tool install --python 3.13` brings both",
        )


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether two connections that write and checkpoint at once may damage a database, rarely. 3.51.3 mended it."""
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return version >= (3, 7) and not mended


def is_current(connection: sqlite3.Connection, folder: StrPath) -> bool:
    """Whether all steps were taken and the views are those on disk; cheap, for every start."""
    if user_version(connection) != schema.newest(folder):
        return False
    try:
        stamp = connection.execute("select value from meta where name = 'views'").fetchone()
    except sqlite3.OperationalError:  # no meta table yet
        return False
    return stamp == (schema.fingerprint(schema.views(folder)),)


def user_version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("pragma user_version").fetchone()
    return version


def _connect(path: str, options: str, settings: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(header.uri(path, options), uri=True, timeout=BUSY_S, isolation_level=None)
    except sqlite3.Error as error:
        raise header.damaged(path, error) from error
    try:
        user_version(connection)  # the first real reading: SQLite opens lazily
        for statement in settings.strip().splitlines():
            connection.execute(statement)
    except sqlite3.Error as error:
        connection.close()
        raise header.damaged(path, error) from error
    return connection
