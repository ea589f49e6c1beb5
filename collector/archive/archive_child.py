"""The process that archives beside a collector. Standard input: what to do, then a byte whenever lines came in; its end
is ours. What goes wrong is said in one line on standard error: the parent tells of it in `status`."""

import os
import select
import signal
import sqlite3
import sys
import time
from contextlib import suppress

from collector.archive.archiver import NICE
from store.config import Archiving
from store.errors import FleetmeterError, LockHeld

PAUSE_S = 0.25
LONGEST_PAUSE_S = 5.0


def serve() -> None:
    """Archive what is lacking, then end."""
    from collector.archive.archiving import archive_all

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and closes the pipe
    with suppress(OSError):
        os.nice(NICE)
    home, most, days = os.read(0, 65536).partition(b"\n")[0].decode().split("\0")
    config = Archiving(True, int(most) if most else None, float(days) if days else None)
    turns = Turns()
    try:
        archive_all(home, config, turns.turn)
    except LockHeld:
        return  # somebody else does it
    except (FleetmeterError, sqlite3.Error, OSError) as error:
        sys.exit(f"{error}")


class Turns:
    """When to go on: after as long a rest as the work took, and a while after the last line came in."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def turn(self, _size: int) -> bool:
        until = time.monotonic() + min(1.0, time.monotonic() - self._began)
        latest = until + LONGEST_PAUSE_S  # lines that never end must not keep the archive from being made
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([0], [], [], left)
            if ready:
                if not os.read(0, 4096):
                    return False
                until = min(latest, time.monotonic() + PAUSE_S)
        self._began = time.monotonic()
        return True
