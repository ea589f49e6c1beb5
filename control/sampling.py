"""Looks at processes every five seconds beside a collector, so that history and alerts need nobody who looks on."""

import os
import select
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress

from control.query import moment
from control.standing import Desk
from store import home as homes
from store import lock
from store.control_file import WATCHER, WATCHER_END
from store.errors import FleetmeterError, LockHeld
from store.home import StrPath

FIRST_S, EVERY_S = 1.0, 5.0
BEFORE_S = 10.0
"""So long the watcher of a collector that has just ended may need to end."""
MOST = 12
"""So many looks in a row may fail: a disk that is full for a minute ends nothing."""


WORDS = 300


def sample(home: StrPath, desk: Callable[[], Desk], goes_on: Callable[[float], bool]) -> None:
    """Look as long as it goes on; one does so for a data folder. goes_on waits so many seconds before it says so."""
    homes.prepare(home)  # the collector that has just begun may not have made it yet
    end = os.path.join(home, WATCHER_END)
    try:
        with lock.hold(home, "watching processes", name=WATCHER, wait_s=BEFORE_S):
            with suppress(FileNotFoundError):
                os.unlink(end)
            try:
                _sample(desk, goes_on)
            except Exception as error:  # told to whoever asks later: nobody sees what this process says
                with suppress(OSError), os.fdopen(homes.create_private(end), "w") as file:
                    file.write(f"{moment(time.time())} {told(error)}")
                raise
    except LockHeld:
        return


def told(error: Exception) -> str:
    """Why it gave up, in a line."""
    words = str(error) if isinstance(error, FleetmeterError) else f"{type(error).__name__}: {error}"
    return " ".join(words.split())[:WORDS]


def _sample(desk: Callable[[], Desk], goes_on: Callable[[float], bool]) -> None:
    if not goes_on(FIRST_S):
        return
    looking, was_any, failed = desk(), True, 0
    if not looking.limits.sample:
        return
    while True:
        try:
            shown = looking.shown()
            if shown or was_any:  # where no agent runs, nothing is written
                looking.remember(shown)
            was_any, failed = bool(shown), 0
        except (FleetmeterError, sqlite3.Error, OSError):
            failed += 1
            if failed == MOST:
                raise
        if not goes_on(EVERY_S):
            return


def until_end_of(descriptor: int) -> Callable[[float], bool]:
    """Goes on until that input ends: it ends with the process that holds its other end, however that one ends."""

    def goes_on(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([descriptor], [], [], left)[0] and not os.read(descriptor, 4096):
                return False
        return True

    return goes_on
