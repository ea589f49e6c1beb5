"""A small file of ours in the data folder: read again when it changed, and changed whole, under a lock, or not at all.
Only its owner can read it; no two processes undo each other."""

import contextlib
import fcntl
import os
from collections.abc import Generator
from typing import Generic, Protocol, TypeVar

import msgspec

from store import home as homes
from store.errors import FleetmeterError


class Named(Protocol):
    """What is kept: entries, each with an id."""

    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)
Mark = tuple[int, int, int]


class OwnFile(Generic[Entry]):
    """hint: what to do about one that cannot be read."""

    def __init__(self, home: str, name: str, kind: type[Entry], hint: str) -> None:
        self.home, self.kind, self.hint = home, kind, hint
        self.path = os.path.join(home, name)
        self.mark: Mark | None = None
        self.held: dict[str, Entry] = {}

    def load(self) -> dict[str, Entry]:
        """As it is now."""
        try:
            with open(self.path, "rb") as file:
                return {one.id: one for one in msgspec.json.decode(file.read(), type=tuple[self.kind, ...])}
        except FileNotFoundError:
            return {}
        except msgspec.DecodeError as error:
            raise FleetmeterError(f"{self.path}: {error}", hint=self.hint) from error

    def all(self) -> dict[str, Entry]:
        """The same, read again only when it changed."""
        mark = self._mark()
        if mark != self.mark or mark is None:
            self.held, self.mark = self.load(), mark
        return self.held

    @contextlib.contextmanager
    def changing(self) -> Generator[dict[str, Entry]]:
        """What is done to the entries is kept."""
        with open(os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = self.load()
            before = dict(entries)
            yield entries
            if entries != before:
                self._save(entries)

    def _mark(self) -> Mark | None:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _save(self, entries: dict[str, Entry]) -> None:
        fresh = f"{self.path}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(fresh)
        with open(homes.create_private(fresh), "wb") as file:
            file.write(msgspec.json.encode(tuple(entries.values())))
        os.replace(fresh, self.path)
