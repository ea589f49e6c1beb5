"""Facts that are made anew by a collector that runs: a family at a time, when nothing else is to be done."""

import sqlite3
import time
from typing import Any

from collector.archive.rebuild import Rebuild
from collector.archive.recover import Recovery
from collector.sources import all_sources
from store import made_by, recovery, remake
from store.database import transaction
from store.errors import FleetmeterError

LATER_S = 5.0
LARGE = 16 << 20  # of source: making that anew would hold live lines up for a second or more
QUIET_S, LONGEST_WAIT_S = 30.0, 600.0
REST, LONGEST_REST_S = 2.0, 5.0


class Anew:
    """What waits to be made anew, and when the next of it is. The connection is the one that records."""

    def __init__(self, connection: sqlite3.Connection, home: str, device: int) -> None:
        self._connection, self._home, self._device = connection, home, device
        self._recovery: Recovery | None = None
        self._must_recover = recovery.is_due(connection)
        self._versions = made_by.versions(all_sources())
        self._rebuild: Rebuild | None = None
        self._is_done = made_by.is_by(connection, self._versions)
        self._next_at = 0.0
        self._held_since: float | None = None

    def ask(self, agent: str | None) -> int:
        """Make everything anew, of one agent or all: somebody asked for it. Gives how many families that are."""
        self.close()
        self._rebuild = Rebuild(self._connection, self._home, agent, is_forced=True)
        return self._rebuild.waiting

    def is_due(self, quiet_s: float) -> bool:
        """Whether to do the next of it. A large family waits, not forever, until nothing is recorded."""
        if self.wait_s() != 0:
            return False
        now = time.monotonic()
        is_large = not self._must_recover and self._rebuild is not None and not self._rebuild.prefer(LARGE)
        if not is_large or quiet_s >= QUIET_S or now - (self._held_since or now) >= LONGEST_WAIT_S:
            self._held_since = None
            return True
        self._held_since, self._next_at = self._held_since or now, now + LATER_S
        return False

    def wait_s(self) -> float | None:
        """How long until the next family; None where none waits."""
        if self._is_done and self._rebuild is None and not self._must_recover:
            return None
        return max(0.0, self._next_at - time.monotonic())

    def step(self) -> set[int]:
        """One of them, and a rest; gives the sources that were read."""
        began = time.monotonic()
        sources = self._recover() if self._must_recover else self._make()
        ended = time.monotonic()
        self._next_at = max(self._next_at, ended + min(LONGEST_REST_S, REST * (ended - began)))
        return sources

    def _recover(self) -> set[int]:
        """A file that only the archive holds."""
        try:
            self._recovery = self._recovery or Recovery(self._connection, self._home, self._device)
        except (FleetmeterError, sqlite3.Error, OSError):  # somebody archives, or it is damaged: that is told there
            self._next_at = time.monotonic() + LATER_S
            return set()
        if self._recovery.waiting:
            self._recovery.step()
        if not self._recovery.waiting:
            self._recovery.close()
            self._recovery, self._must_recover = None, False
            with transaction(self._connection):
                recovery.end(self._connection)
        return set()

    def _make(self) -> set[int]:
        if self._rebuild is None:
            self._rebuild = Rebuild(self._connection, self._home)
            if self._rebuild.waiting:
                return set()  # which is the next, and when, is to be seen first
        sources = self._rebuild.step() if self._rebuild.waiting else set[int]()
        if not self._rebuild.waiting:
            self.close()
            if not self._is_done:
                self._is_done = not remake.is_old(self._connection, all_sources())
            if self._is_done:
                with transaction(self._connection):
                    made_by.note(self._connection, self._versions)
        return sources

    def close(self) -> None:
        """Stop; what is not done yet is as it was."""
        rebuild, self._rebuild = self._rebuild, None
        if rebuild is not None:
            rebuild.close()

    def end(self) -> None:
        """The database is to be closed."""
        self.close()
        if self._recovery is not None:
            self._recovery.close()

    def document(self) -> dict[str, Any]:
        """What `status` tells of it."""
        waiting = self._rebuild.waiting if self._rebuild is not None else 0
        return {"waiting": waiting, "leftFiles": remake.left(self._connection)}
