"""Hints that a file changed, from the system's own watches. A hint may be late, doubled or lost: a sweep is the truth.

No word of a hint is believed but its path, and that is looked at like any other.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from store.filesystem import NETWORK, Detector, filesystem_type

# Without this filter our own sweep would fill the queue: each folder that is listed is an event of its own.
WANTED: list[type[FileSystemEvent]] = [
    FileModifiedEvent, FileCreatedEvent, FileMovedEvent, DirCreatedEvent, DirMovedEvent,
]  # fmt: skip
MOST_WAITING = 50_000  # paths; above that a sweep is cheaper
AGAIN_S = 600.0
"""After so long without a change that nobody announced, or a watch that was refused, watches are trusted again."""


class Tree(NamedTuple):
    """How one tree is watched: problem says why it is polled instead."""

    path: str
    problem: str | None
    since: float
    identity: tuple[int, int] | None
    is_refused: bool = False


class Hints(FileSystemEventHandler):
    """The watches of all trees, and the paths that they told of."""

    def __init__(self, wake: Callable[[], None], detect: Detector = filesystem_type) -> None:
        self.trees: dict[str, Tree] = {}
        self.overflows = 0
        self._wake, self._detect = wake, detect
        self._paths: deque[bytes] = deque()
        self._has_overflown = False
        self._watches: dict[str, object] = {}
        self._observer, self._problem = None, ""
        self._listener = _Listener(self._overflow)
        logging.getLogger("watchdog").addHandler(self._listener)
        try:
            self._observer = Observer()
            self._observer.start()
        except OSError as error:
            self._observer, self._problem = None, error.strerror or str(error)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the thread that watches."""
        if event.is_directory:
            return  # its files are announced one by one
        for path in (event.src_path, event.dest_path):
            if path:
                self._paths.append(os.fsencode(path))
        if len(self._paths) > MOST_WAITING:
            self._overflow()
        self._wake()

    def take(self, most: int) -> list[bytes]:
        """Some paths that were told of, each once."""
        found: dict[bytes, None] = {}
        while self._paths and len(found) < most:
            found[self._paths.popleft()] = None
        return list(found)

    def waiting(self) -> frozenset[bytes]:
        """All paths that were told of, and not taken yet."""
        return frozenset(self._paths.copy())

    @property
    def has_some(self) -> bool:
        return bool(self._paths)

    def pop_overflow(self) -> bool:
        """Whether hints were lost since the last time this was asked."""
        had, self._has_overflown = self._has_overflown, False
        return had

    def watch(self, trees: list[str]) -> bool:
        """Watch these trees and no others; says whether one of them is new, or another folder than it was."""
        for path in [path for path in self.trees if path not in trees]:
            self._unwatch(path)
        is_new = False
        for path in trees:
            known, identity = self.trees.get(path), _identity(path)
            if known is not None and known.identity == identity and not self._is_due(known):
                continue
            is_new |= known is None or known.identity != identity
            self._unwatch(path)
            self.trees[path] = self._begin(path, identity)
        return is_new

    def distrust(self, path: str, problem: str) -> None:
        """Poll a tree, for changes came unannounced."""
        self.trees[path] = self.trees[path]._replace(problem=problem, since=time.monotonic())

    def close(self) -> None:
        logging.getLogger("watchdog").removeHandler(self._listener)
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(1.0)

    def _begin(self, path: str, identity: tuple[int, int] | None) -> Tree:
        problem = self._problem or None
        kind = self._detect(path)
        if kind in NETWORK:
            problem = f"a network file system ({kind}) announces no changes"
        elif self._observer is not None:
            is_file = not os.path.isdir(path)
            try:
                self._watches[path] = self._observer.schedule(
                    self, os.path.dirname(path) if is_file else path, recursive=not is_file, event_filter=WANTED
                )
            except OSError as error:
                problem = error.strerror or str(error)
        return Tree(path, problem, time.monotonic(), identity, is_refused=problem is not None)

    def _is_due(self, tree: Tree) -> bool:
        return tree.problem is not None and time.monotonic() - tree.since > AGAIN_S

    def _unwatch(self, path: str) -> None:
        self.trees.pop(path, None)
        watch = self._watches.pop(path, None)
        if watch is not None and self._observer is not None:
            try:
                self._observer.unschedule(watch)  # pyright: ignore[reportArgumentType] - it is what schedule gave
            except (KeyError, OSError):
                return  # the folder is gone, and its watch with it

    def _overflow(self) -> None:
        self.overflows += 1
        self._has_overflown = True
        self._paths.clear()
        self._wake()


class _Listener(logging.Handler):
    """The watching library says only to its log that events were lost."""

    def __init__(self, overflown: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._overflown = overflown

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.msg and "lost" in record.msg:
            self._overflown()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
