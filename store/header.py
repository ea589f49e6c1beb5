"""What lies where the database should be: asked before any opening that could write there."""

import os
import sqlite3
import stat

from store.errors import Damaged, FleetmeterError

APPLICATION_ID = 0x666C6D74  # "flmt": tells our database from every other SQLite file
SMALLEST = 512  # bytes: one page of the smallest size; SQLite takes any shorter file for a new database
PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"

MEND = "`fleetmeter collect --once` puts it aside, and records anew what backups and files still hold"
NO_VERSION = 1_000  # so many steps ahead of us is no version, but a damage
MARK = "-mark"
"""Beside the database: which file ours is. What lies there and is none any more was damaged, and is no stranger's."""


def check(path: str, newest: int, ours: int = APPLICATION_ID) -> int:
    """The version of our database; whatever is none of ours, or of a newer fleetmeter, is refused. Changes nothing."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode):
        raise FleetmeterError(f"{path} is no regular file", hint="move it away; fleetmeter makes its own database")
    # A database of ours gets its name only when it is complete, so an empty file is damage, never a beginning.
    if found.st_size < SMALLEST:
        raise Damaged(f"{path} is empty or cut: a database was here, and was damaged", hint=MEND)
    # Not read with open(): closing that descriptor would drop the POSIX locks which SQLite holds on the same file
    # elsewhere in this process. With `immutable` SQLite takes no lock, and makes no -wal or -shm beside a foreign file.
    identity = _ask(path, "immutable=1")
    refuse_foreign(path, identity, newest, ours)
    # A newer version may still be in the log, which `immutable` does not read.
    if os.path.exists(path + "-wal"):
        identity = _ask(path, "mode=ro")
        refuse_foreign(path, identity, newest, ours)
    return identity[1]


def refuse_foreign(path: str, identity: tuple[int, int], newest: int, ours: int = APPLICATION_ID) -> None:
    application_id, version = identity
    if (application_id != ours or version > newest + NO_VERSION) and _is_marked(path):
        raise Damaged(f"{path} was damaged in its first page", hint=MEND)
    if application_id != ours:
        raise FleetmeterError(
            f"{path} is a database of another program", hint="move it away; fleetmeter makes its own database"
        )
    if version > newest:
        raise FleetmeterError(
            f"{path} was written by a newer fleetmeter: its version is {version}, this one knows {newest}",
            hint="upgrade fleetmeter; the database was left untouched",
        )


def mark(path: str) -> None:
    """Say that the file there is ours. Written only where that is news."""
    words = _name(path)
    if _read_mark(path) == words:
        return
    descriptor = os.open(path + MARK, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, words)
    finally:
        os.close(descriptor)


def _is_marked(path: str) -> bool:
    return _read_mark(path) == _name(path)


def _name(path: str) -> bytes:
    found = os.lstat(path)
    return f"{found.st_dev} {found.st_ino}\n".encode()


def _read_mark(path: str) -> bytes:
    try:
        with open(path + MARK, "rb") as file:
            return file.read(200)
    except OSError:
        return b""


def uri(path: str, options: str) -> str:
    """SQLite reads ?, # and % in a file: address, so every byte that is not plain is escaped."""
    quoted = "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in os.fsencode(os.path.abspath(path)))
    return f"file:{quoted}?{options}"


def damaged(path: str, error: sqlite3.Error) -> FleetmeterError:
    """The error for a person, from what SQLite said while it opened the file."""
    if isinstance(error, sqlite3.OperationalError):
        return FleetmeterError(f"{path} cannot be opened: {error}", hint="check its permissions and the free space")
    return Damaged(f"{path} is no database, or was damaged: {error}", hint=MEND)


def _ask(path: str, options: str) -> tuple[int, int]:
    """Its application id and its version."""
    try:
        connection = sqlite3.connect(uri(path, options), uri=True, isolation_level=None)
        try:
            # While a writer checkpoints, the main file may for a moment be shorter than its first page says. That is no
            # damage; this switch makes SQLite look past it, and nothing is written through this connection.
            connection.execute("pragma writable_schema = on")
            (application_id,) = connection.execute("pragma application_id").fetchone()
            (version,) = connection.execute("pragma user_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise damaged(path, error) from error
    return application_id, version
