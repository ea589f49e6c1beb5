"""Which files have news: every one of them in a sweep, or a single one of which somebody said so.

It keeps what is known between two looks, so that a collector which runs for days asks the database for nothing twice.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from collector.files.discover import CLOSED, Found, Root, missing_trees, shown, walk
from collector.files.wal import JOURNAL, LOG, seen_with_log
from collector.sources import DATABASE, Source
from store.database import transaction
from store.sources import Known, Seen, account_id, add_source, forget, known_sources, rename, seen_of, set_state

if TYPE_CHECKING:
    from collector.recording.read import Job

SLICE = 500  # files between two pauses of a sweep, and new ones in a transaction
ANOTHER_NAME = "another name of a file that is read already"

Fresh = tuple[Source, int, Found]


class Look:
    """What is known of every file, and what of it is news."""

    def __init__(self, connection: sqlite3.Connection, device: int, places: list[Root]) -> None:
        self._connection, self.device = connection, device
        self.places = places
        self.known = known_sources(connection, device)
        self._owners = {(k.device_number, k.inode): path for path, k in self.known.items() if k.state != "skipped"}
        self._accounts: dict[Root, int] = {}
        self._begin()

    def _begin(self) -> None:
        self.seen_paths: set[bytes] = set()
        self._seen_files: dict[tuple[int, int], bytes] = {}
        self._closed: dict[bytes, str | None] = {}
        self.unreadable = 0

    def sweep(self) -> "Iterator[list[Job]]":
        """Look at every file; the news come in slices, so that whoever asks can do something else between them."""
        self._begin()
        jobs: list[Job] = []
        fresh: list[Fresh] = []
        for place in self.places:
            account = self._account(place) if place.trees else 0
            for tree in place.trees:
                for number, found in enumerate(walk(tree, place.source.kind, getattr(place.source, "skips", None))):
                    self._sort(place.source, account, found, jobs, fresh)
                    if number % SLICE == SLICE - 1:
                        yield jobs
                        jobs = []
        yield jobs
        fresh.sort(key=lambda item: item[2].raw_path)
        missing = self._missing() if fresh else {}
        for start in range(0, len(fresh), SLICE):
            yield self._add(fresh[start : start + SLICE], missing)
        self._gone()

    def touch(self, raw_path: bytes) -> "list[Job]":
        """Look at one path. What is no file that anybody reads, or lies behind a link, is left to a sweep."""
        found = self._at(raw_path)
        if found is None:
            return []
        jobs: list[Job] = []
        fresh: list[Fresh] = []
        place, seen = found
        self.seen_paths.discard(seen.raw_path)
        self._sort(place.source, self._account(place), seen, jobs, fresh)
        if fresh:
            owner = self._owners.get((seen.seen.device_number, seen.seen.inode))
            lost = self.known.get(owner) if owner is not None else None
            is_lost = lost is not None and lost.cursor and not _leads_to(lost.raw_path, _file(seen))
            jobs += self._add(fresh, {_file(seen): lost} if lost is not None and is_lost else {})
        return jobs

    def refresh(self, source_ids: set[int]) -> None:
        """How far these files are read now."""
        from store.advance import known_now  # imported with the decoding: a look without news needs neither

        for known in known_now(self._connection, source_ids):
            self.known[known.raw_path] = known
            if known.state != "skipped":
                self._owners[known.device_number, known.inode] = known.raw_path

    def has_grown(self, raw_path: bytes) -> bool:
        """Whether a known file differs from what was read of it; costs one stat."""
        known = self.known.get(raw_path)
        try:
            found = os.lstat(raw_path)
        except OSError:
            return False
        seen = seen_with_log(raw_path, found) if known is not None and known.kind == DATABASE else seen_of(found)
        return known is not None and known.state == "read" and self._has_news(known, seen)

    def rewrite(self, raw_path: bytes) -> None:
        """A file does not hold what was read of it, whatever its size and its times say: the next look reads it."""
        known = self.known.get(raw_path)
        if known is not None:
            self.known[raw_path] = known._replace(ctime_ns=0)

    # -- one file

    def tree_of(self, raw_path: bytes) -> tuple[Root, bytes] | None:
        """The root, and the tree below it, that a path lies in."""
        for place in self.places:
            for tree in place.trees:
                top = os.fsencode(tree)
                if raw_path == top or raw_path.startswith(top + b"/"):
                    return place, top
        return None

    def _at(self, raw_path: bytes) -> tuple[Root, Found] | None:
        inside = self.tree_of(raw_path)
        if inside is None:
            return None
        place, top = inside
        for ending in (LOG, JOURNAL):  # what is written beside a database is news of it
            if raw_path.endswith(ending) and place.source.kind(raw_path[len(top) : -len(ending)]) == DATABASE:
                raw_path = raw_path[: -len(ending)]
        below = raw_path[len(top) :]
        kind, skips = place.source.kind(below), getattr(place.source, "skips", None)
        if kind is None or (skips is not None and any(skips(folder) for folder in _folders(below))):
            return None
        folder = os.path.dirname(raw_path)
        try:
            if os.path.realpath(folder) != folder:
                return None
            found = os.lstat(raw_path)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return place, Found(
            raw_path, kind, seen_with_log(raw_path, found) if kind == DATABASE else seen_of(found), None
        )

    def _account(self, place: Root) -> int:
        if place not in self._accounts:
            with transaction(self._connection):
                self._accounts[place] = account_id(
                    self._connection, self.device, place.source.agent, place.path, place.name
                )
        return self._accounts[place]

    def _sort(self, source: Source, account: int, found: Found, jobs: "list[Job]", fresh: list[Fresh]) -> None:
        """Known and unchanged, known with news, or new."""
        if found.raw_path in self.seen_paths:
            return  # two roots lead to it
        known = self.known.get(found.raw_path)
        # Of what is known the same object: 10,000 paths need not be there twice.
        self.seen_paths.add(found.raw_path if known is None else known.raw_path)
        if found.kind in CLOSED:
            self._closed[found.raw_path] = found.problem
        if known is None:
            fresh.append((source, account, found))
        elif found.problem is not None:
            self.unreadable += 1
            if known.state != "skipped":
                self._set(known, "skipped", found.problem, found.seen)
        elif not self._claim(found):
            if known.state != "skipped":
                self._set(known, "skipped", ANOTHER_NAME, found.seen)
        elif self._has_news(known, found.seen):
            jobs.append(_job(source, known, found))

    def _has_news(self, known: Known, seen: Seen) -> bool:
        last = (known.device_number, known.inode, known.size, known.mtime_ns, known.ctime_ns)
        return last != seen or known.state not in ("read", "foreign", "pruned")

    def _claim(self, found: Found) -> bool:
        """Read a file under this name, in this look: true for the first of its names that asks, and for that alone."""
        file, path = _file(found), found.raw_path
        owner = self._owners.get(file)
        if owner is not None and owner != path and _leads_to(owner, file):
            return False  # the name it was read under stays its name, in whatever order the folder lists them
        first = self._seen_files.setdefault(file, path)
        if first != path and not _leads_to(first, file):  # an inode that was given again
            first = self._seen_files[file] = path
        return first == path

    # -- new ones

    def _missing(self) -> dict[tuple[int, int], Known]:
        return {
            (known.device_number, known.inode): known
            for path, known in self.known.items()
            if path not in self.seen_paths
            and known.device_number is not None
            and known.inode is not None
            and known.cursor
        }

    def _add(self, fresh: list[Fresh], missing: dict[tuple[int, int], Known]) -> "list[Job]":
        """New paths: a known file under another name, or a source that begins now."""
        jobs: list[Job] = []
        with transaction(self._connection):
            for source, account, found in fresh:
                if found.raw_path in self.known:
                    continue  # somebody told of it since
                moved = missing.get(_file(found)) if found.problem is None else None
                is_same = moved is not None and moved.kind == found.kind and _is_same(moved, found)
                if moved is not None and is_same is None:
                    self.seen_paths.add(moved.raw_path)  # neither gone nor new: the next look will tell
                    self.unreadable += 1
                    continue
                if moved is not None and is_same:
                    self.known.pop(moved.raw_path, None)
                    del missing[_file(found)]
                    known = rename(self._connection, moved, account, found.raw_path, shown(found.raw_path))
                    self._owners[_file(found)] = found.raw_path
                    jobs.append(_job(source, known, found))
                else:
                    known = add_source(self._connection, account, found.raw_path, shown(found.raw_path), found.kind)
                    reason = found.problem or (None if self._claim(found) else ANOTHER_NAME)
                    self.unreadable += found.problem is not None
                    if reason is None:
                        jobs.append(_job(source, known, found))
                    else:
                        known = self._note(known, "skipped", reason, found.seen)
                self.known[found.raw_path] = known
        return jobs

    # -- those that are not there

    def _gone(self) -> None:
        """Files that were known and are not there: out of reach with a folder above them, or removed."""
        trees = tuple(os.fsencode(tree) + b"/" for place in self.places for tree in place.trees)
        shut = {**missing_trees(self.places), **self._closed}
        lost: list[tuple[Known, str, str]] = []
        for path, known in self.known.items():
            if path in self.seen_paths:
                continue
            folder = next((folder for folder in shut if path.startswith(folder + b"/")), None)
            if folder is None and (path + b"/").startswith(trees) and known.state not in ("gone", "pruned"):
                lost.append((known, "gone", "the file was removed; what it said is kept"))
            elif (
                folder is not None and known.kind not in CLOSED and known.state not in ("gone", "unreachable", "pruned")
            ):
                lost.append((known, "unreachable", f"{shown(folder)}: {shut[folder]}"))
        if not lost:
            return
        with transaction(self._connection):
            for known, state, reason in lost:
                if known.kind in CLOSED:  # it can be looked into again, or is gone: there was nothing to keep
                    forget(self._connection, known.source_id)
                    del self.known[known.raw_path]
                else:
                    self._note(known, state, reason, None)

    def _set(self, known: Known, state: str, reason: str, seen: Seen | None) -> None:
        with transaction(self._connection):
            self._note(known, state, reason, seen)

    def _note(self, known: Known, state: str, reason: str, seen: Seen | None) -> Known:
        set_state(self._connection, known.source_id, state, reason, seen)
        now = known._replace(state=state)
        if seen is not None:
            numbers = seen.device_number, seen.inode, seen.size, seen.mtime_ns, seen.ctime_ns
            now = Known(*known[:4], state, *numbers, *known[10:])
        self.known[known.raw_path] = now
        return now


def _job(source: Source, known: Known, found: Found) -> "Job":
    from collector.recording.read import Job

    return Job(source.agent, known, shown(found.raw_path), found.seen.mtime_ns, found.seen.size)


def _file(found: Found) -> tuple[int, int]:
    return found.seen.device_number, found.seen.inode


def _folders(below: bytes) -> Iterator[bytes]:
    """The folders between a tree and a path in it, as a walk passes them."""
    place = below.find(b"/", 1)
    while place > 0:
        yield below[:place]
        place = below.find(b"/", place + 1)


def _leads_to(raw_path: bytes, file: tuple[int, int]) -> bool:
    try:
        found = os.lstat(raw_path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == file


def _is_same(known: Known, found: Found) -> bool | None:
    from collector.files.tail import is_same_file

    return is_same_file(known, found.raw_path)
