"""Keeps the write-ahead log small, whatever readers do. Only the collector checkpoints, when nobody waits for it."""

import os
import sqlite3
import time

PAGE = 4096
EVERY_COMMITS, EVERY_BYTES = 1000, 4 << 20  # syncing takes longer than a commit: hardly a line waits for it
EVERY_LOG_BYTES = 24 << 20  # many small commits write many pages for each byte of source
QUIET_S = 2.0
RESTART_ABOVE = 8 << 20
TOLD_ABOVE = 64 << 20
STOP_ABOVE = 192 << 20
RETRY_S = 0.5
BUSY_MS, USUAL_BUSY_MS = 200, 5000


class Guard:
    """The size of the log in use, and what is done about it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._path = connection.execute("pragma database_list").fetchone()[2] + "-wal"
        self._commits = self._bytes = 0
        self._at = self._tried = 0.0
        self.used = 0
        """Bytes of the log that the last checkpoint could not put back."""

    def wrote(self, size: int) -> None:
        """A transaction was committed, of so many bytes of source."""
        self._commits += 1
        self._bytes += size
        self._at = time.monotonic()

    @property
    def must_stop(self) -> bool:
        """Whether nothing may be written now, for a reader keeps the log from being emptied."""
        return self.used >= STOP_ABOVE

    @property
    def is_held_up(self) -> bool:
        return self.used >= TOLD_ABOVE

    def wait_s(self) -> float | None:
        """When there is something to do."""
        if self.must_stop:
            return max(0.0, self._tried + RETRY_S - time.monotonic())
        return max(0.0, self._at + QUIET_S - time.monotonic()) if self._commits else None

    def tend(self, *, is_busy: bool) -> None:
        """Put the log back into the database: soon after the last write, or while others go on, when it is due."""
        now = time.monotonic()
        times = 8 if is_busy else 1
        is_due = self._commits >= EVERY_COMMITS * times or self._bytes >= EVERY_BYTES * times
        is_due = is_due or (self._commits > 0 and self._size() >= EVERY_LOG_BYTES)
        is_quiet = self._commits > 0 and now - self._at >= QUIET_S
        if is_due or is_quiet or (self.must_stop and now - self._tried >= RETRY_S):
            self._tried = now
            self._checkpoint()

    def _size(self) -> int:
        """Of the log's file: it is cut when the log begins anew."""
        try:
            return os.stat(self._path).st_size
        except OSError:
            return 0

    def _checkpoint(self) -> None:
        _, pages, done = self._connection.execute("pragma wal_checkpoint(passive)").fetchone()
        self._commits = self._bytes = 0
        self.used = pages * PAGE
        if self.used > RESTART_ABOVE:
            # Some reader still looks into the log. It never begins anew by itself where readers follow one another.
            self._connection.execute(f"pragma busy_timeout = {BUSY_MS}")
            is_busy, pages, done = self._connection.execute("pragma wal_checkpoint(restart)").fetchone()
            self._connection.execute(f"pragma busy_timeout = {USUAL_BUSY_MS}")
            self.used = pages * PAGE if is_busy else 0
        elif done == pages:
            self.used = 0
