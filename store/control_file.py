"""Where control keeps its own: what it did, what is pinned, what processes used. Viewers only read it."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from store import home as homes
from store import lock, schema
from store.home import StrPath
from store.separate import Separate

LOCK = "fleetmeter.control.lock"
WATCHER = "fleetmeter.watcher.lock"
"""Held by whoever looks at processes beside a collector."""
WATCHER_END = "fleetmeter.watcher.end"
"""Why it gave up: there until the next one begins."""
WAIT_S = 10.0
CONTROL = Separate(
    "fleetmeter-control.db",
    0x666C6D63,  # "flmc"
    os.path.join(schema.FOLDER, "control"),
    1000,
    "what runs is then seen anew, and only what was done, and pinned, is forgotten",
)


@contextmanager
def writing(home: StrPath, doing: str) -> Generator[sqlite3.Connection, None, None]:
    """Open it to write, for a short while: one process does at a time, and others wait."""
    homes.prepare(home)
    with lock.hold(home, doing, name=LOCK, wait_s=WAIT_S):
        connection = CONTROL.open_writer(home)
        try:
            yield connection
        finally:
            connection.close()


def read_control(home: StrPath) -> sqlite3.Connection | None:
    """Open it to read; None where nothing was ever done or seen, or only by an older fleetmeter."""
    reader = CONTROL.open_reader(home)
    if reader is not None and reader.execute("pragma user_version").fetchone()[0] < schema.newest(CONTROL.folder):
        reader.close()
        return None
    return reader
