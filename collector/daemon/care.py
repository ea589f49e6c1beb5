"""What looks after the database beside the recording: it is checked at the start and once a day, and backed up.

A thread with a connection of its own, that reads. It waits while much is imported, and gives way when a long look at
the database keeps the log from being emptied.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from sqlite3 import Connection, DatabaseError
from typing import Any

from collector.daemon.tally import now_text
from store import backup as backups
from store.aside import all_aside
from store.check import WRONG_SUMS, flaw
from store.config import Config
from store.database import open_reader
from store.errors import Damaged, FleetmeterError

DAY_S = 86_400.0
LATER_S = 600.0
REST = 2.0
"""After each step of a check, for so many times as it took, others have the disk and the core."""
LONGEST_REST_S = 5.0


class GivesWay(Exception):
    """It was told to stop."""


class Care:
    """The check that is due, or runs, or was made. found is what only the daemon can mend: damage."""

    def __init__(self, home: str, wake: Callable[[], None]) -> None:
        self._home, self._wake = home, wake
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._gives_way = threading.Event()
        self._check_at = time.monotonic()
        self.found = self.trouble = ""
        self.checked_at: str | None = None

    def tend(self, config: Config, *, is_calm: bool) -> None:
        """Begin what is due."""
        if self._thread is not None and self._thread.is_alive():
            if not is_calm:
                self.give_way()
            return
        now = time.monotonic()
        if not is_calm or self.found:
            return
        if now >= self._check_at:
            self._check_at = now + DAY_S
            self._begin(self._check)
        elif config.backup.daily and self._is_backup_due():
            self._begin(lambda: self._back_up(config.backup.keep))

    def give_way(self) -> None:
        """Stop what runs; it is begun again later."""
        self._gives_way.set()
        connection = self._connection
        if connection is not None:
            with suppress(DatabaseError):  # it is closed already
                connection.interrupt()

    def close(self) -> None:
        """Stop it, and wait until it has stopped."""
        if self._thread is not None:
            while self._thread.is_alive():
                self.give_way()
                self._thread.join(0.05)

    def document(self) -> dict[str, Any]:
        """What `status` tells of it."""
        newest = next(iter(backups.known(self._home)), None)
        return {
            "checkedAt": self.checked_at, "trouble": self.trouble or None,
            "isChecking": self._thread is not None and self._thread.is_alive(),
            "backupAt": text(newest.at) if newest else None,
            "aside": [{"at": one.at, "path": one.path, "reason": one.reason} for one in all_aside(self._home)],
        }  # fmt: skip

    # -- in the thread

    def _begin(self, act: Callable[[], None]) -> None:
        self._gives_way.clear()
        self._thread = threading.Thread(target=self._run, args=(act,), name="care", daemon=True)
        self._thread.start()

    def _run(self, act: Callable[[], None]) -> None:
        try:
            act()
        except GivesWay:
            self._check_at = min(self._check_at, time.monotonic() + LATER_S)
        except Damaged as error:
            self.found = str(error)
        except (FleetmeterError, DatabaseError, OSError) as error:
            if self._gives_way.is_set():
                self._check_at = min(self._check_at, time.monotonic() + LATER_S)
            else:
                self.trouble = str(error)
        self._connection = None
        self._wake()

    def _check(self) -> None:
        words = self._flaw() and self._flaw()  # what is found twice is no passing trouble
        self.checked_at = now_text()
        self.trouble = ""
        if not words:
            return
        if words.startswith(WRONG_SUMS) and any(words in one.reason for one in all_aside(self._home)[:1]):
            # Made anew, and wrong again in the same way: a fault of ours, and not of the disk. It is only told.
            self.trouble = words
            return
        self.found = words

    def _flaw(self) -> str:
        with closing(open_reader(self._home)) as self._connection:
            return flaw(self._connection, Rests(self._gives_way))

    def _back_up(self, keep: int) -> None:
        with closing(open_reader(self._home)) as self._connection:
            backups.back_up(self._connection, self._home, backups.USUAL, time.time())
        backups.drop_old(self._home, keep)

    def _is_backup_due(self) -> bool:
        made = next((one.at for one in backups.known(self._home) if one.why == backups.USUAL), 0.0)
        return not made <= time.time() < made + DAY_S and not self.trouble


class Rests:
    """Between two steps of a check."""

    def __init__(self, gives_way: threading.Event) -> None:
        self._gives_way, self._began = gives_way, time.monotonic()

    def __call__(self) -> None:
        took_s = time.monotonic() - self._began
        if self._gives_way.wait(min(LONGEST_REST_S, REST * took_s)):
            raise GivesWay
        self._began = time.monotonic()


def text(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
