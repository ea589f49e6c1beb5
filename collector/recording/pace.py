"""The bound of the write-ahead log for a recording that has no rounds: it waits for a reader, and then gives up."""

import os
import sqlite3
import time

from store.errors import FleetmeterError

BOUND = 96 << 20  # one transaction of a first import comes on top
PATIENCE_S = 20.0
EVERY_S = 0.2


def keep_pace(connection: sqlite3.Connection) -> None:
    """After a transaction: begin the log anew where it has become long. Who reads all the while keeps us from it."""
    log = connection.execute("pragma database_list").fetchone()[2] + "-wal"
    until = time.monotonic() + PATIENCE_S
    while os.path.exists(log) and os.path.getsize(log) > BOUND:
        is_busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        if not is_busy:
            return
        if time.monotonic() > until:
            raise FleetmeterError(
                "a program reads the database and does not end, so its log grows without bound",
                hint="end that program and run it again: what was recorded is safe",
            )
        time.sleep(EVERY_S)
