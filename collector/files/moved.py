"""Whether the files that we write to are still those that have their names: nobody else would ever see the others."""

import os
from contextlib import suppress

from store.database import path_in
from store.lock import WRITER

Identity = tuple[int, int] | None


class Files:
    """The database, its log and the lock, as they were when they were opened."""

    def __init__(self, home: str) -> None:
        path = path_in(home)
        self._database, self._log, self._lock = path, f"{path}-wal", os.path.join(home, WRITER)
        self._known = {name: identity(name) for name in (self._database, self._log, self._lock)}

    def lock_is_lost(self) -> bool:
        """Another process could hold a lock of that name: we may write no more."""
        return self._has_changed(self._lock)

    def trouble(self) -> str:
        """What became of the database; "" while it is where it was."""
        if self._has_changed(self._database):
            return "the database was replaced" if os.path.exists(self._database) else "the database was taken away"
        return "the log of the database was taken away" if self._has_changed(self._log) else ""

    def log_is_left(self) -> bool:
        """After the database was closed: its log has a name that belongs to another database by now."""
        return self._has_changed(self._database) and self._known[self._log] == identity(self._log) is not None

    def _has_changed(self, name: str) -> bool:
        return identity(name) != self._known[name]


def identity(path: str) -> Identity:
    with suppress(OSError):
        found = os.stat(path)
        return found.st_dev, found.st_ino
    return None
