"""What the tests of the store let other processes do: `child.py <act> <mutant> <argument>…`, orders on stdin.

A mutant is a broken implementation, put in place of the right one before the act begins.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import store.create
import store.lock
import store.migrate
from store import database
from store.database import open_writer, transaction


@contextlib.contextmanager
def nothing(*_: object, **__: object) -> Generator[None, None, None]:
    yield


@contextlib.contextmanager
def deferred(connection: sqlite3.Connection) -> Generator[None, None, None]:
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def in_place(home: str, folder: str) -> None:
    """Creation as it is mostly done: under the final name, and no lock."""
    connection = sqlite3.connect(database.path_in(home), isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute(f"pragma application_id = {database.APPLICATION_ID:d}")
    store.migrate.apply(connection, folder)
    connection.close()


def apply_mutant(name: str) -> None:
    if name == "no-lock":
        store.lock.hold = nothing
    elif name == "in-place":
        store.create.create = in_place
    elif name == "no-transaction":
        store.migrate.transaction = nothing
    elif name == "no-backup":
        store.migrate.back_up = lambda *_: ""
    elif name == "deferred":
        global transaction
        transaction = deferred
    elif name != "none":
        raise SystemExit(f"no such mutant: {name}")


def race(folder: str) -> None:
    """Open each home named on stdin the instant it is named; answer `ok` or the error."""
    for line in sys.stdin:
        try:
            connection = open_writer(line.strip(), folder=folder)
            with transaction(connection):
                connection.execute("insert into note (text) values ('here')")
            connection.close()
            answer = "ok"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to see it
            answer = repr(error)
        print(answer, flush=True)  # noqa: T201 - stdout is the answer to the test


def write(home: str, folder: str, seconds: str) -> None:
    """Read, then update, again and again; answer with the counts of good and failed transactions."""
    connection = open_writer(home, folder=folder)
    print("ready", flush=True)  # noqa: T201 - stdout is the answer to the test
    sys.stdin.readline()
    good = failed = 0
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        try:
            with transaction(connection):
                (notes,) = connection.execute("select notes from tally where name = 'all'").fetchone()
                connection.execute("update tally set notes = ? where name = 'all'", (notes + 1,))
            good += 1
        except sqlite3.OperationalError:
            failed += 1
    print(good, failed, flush=True)  # noqa: T201 - stdout is the answer to the test


def kill_migration(old: str, folder: str, target: str) -> None:
    """Migrate a copy of the old home again and again, killed at statement 1, 2, 3 … until one comes through."""
    number, killed = 0, True
    while killed:
        number += 1
        home = f"{target}/{number:04d}"
        shutil.copytree(old, home)
        pid = os.fork()
        if pid == 0:
            _migrate_until(home, folder, number)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status)
    print(number, flush=True)  # noqa: T201 - stdout is the answer to the test


def _migrate_until(home: str, folder: str, number: int) -> None:
    seen = 0

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = database.connect_writer

    def connect_and_count(path: str, wal_autocheckpoint: int) -> sqlite3.Connection:
        connection = connect(path, wal_autocheckpoint)
        connection.set_trace_callback(count)
        return connection

    database.connect_writer = connect_and_count
    open_writer(home, folder=folder).close()
    os._exit(0)


def hold(home: str, doing: str) -> None:
    with store.lock.hold(home, doing):
        print("held", flush=True)  # noqa: T201 - stdout is the answer to the test
        sys.stdin.readline()


ACTS: dict[str, Callable[..., None]] = {"race": race, "write": write, "kill-migration": kill_migration, "hold": hold}

if __name__ == "__main__":
    apply_mutant(sys.argv[2])
    ACTS[sys.argv[1]](*sys.argv[3:])
