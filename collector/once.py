"""Record all there is, once: look at every file, read those with news, say what was done."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from collector.discover import CLOSED, Found, Root, roots, shown, walk
from collector.sources import Source, all_sources
from store.accounts import name_accounts
from store.config import Config, load
from store.database import open_writer, transaction
from store.device import device_id
from store.home import prepare
from store.lock import Waiting, hold
from store.places import set_aliases
from store.sources import (
    Known,
    Seen,
    account_id,
    add_source,
    count_responses,
    first_device,
    forget,
    known_sources,
    rename,
    set_state,
)
from store.sources import device_id as device_row

if TYPE_CHECKING:
    from collector.read import Job

LOCK_WAIT_S = 10.0


class Summary(NamedTuple):
    """What one look at everything found and did."""

    sources: int
    changed: int
    records: int
    rejected: int
    responses: int
    bytes: int
    looked_in: tuple[str, ...]
    found_in: tuple[str, ...]
    unreadable: int


Progress = Callable[[int, int], None]


def collect_once(
    home: str,
    environ: Mapping[str, str],
    user: str,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> Summary:
    """Hold the writer's lock, and bring the database up to what the files say now."""
    sources = all_sources()
    config = load(home, [source.agent for source in sources])
    prepare(home)
    with (
        hold(home, "recording", wait_s=LOCK_WAIT_S, waiting=waiting),
        closing(open_writer(home)) as connection,
    ):
        places = roots(sources, config, environ, user)
        device = device_row(
            connection, device_id(home, first_device(connection)), config.device_name or os.uname().nodename
        )
        with transaction(connection):
            set_aliases(connection, device, config.projects)
            places = _named(connection, device, places, config, user)
        return Look(connection, device, places).run(progress)


def _named(connection: sqlite3.Connection, device: int, places: list[Root], config: Config, user: str) -> list[Root]:
    """The roots under names that tell them apart; one without a tree is no account."""
    found = {(place.source.agent, place.path): place.name for place in places if place.trees}
    given = {os.path.realpath(path) for path in config.accounts}
    names = name_accounts(connection, device, found, given, user)
    return [place._replace(name=names.get((place.source.agent, place.path), place.name)) for place in places]


class Look:
    """One look at all files of all roots."""

    def __init__(self, connection: sqlite3.Connection, device: int, places: list[Root]) -> None:
        self._connection, self._places = connection, places
        self._device = device
        self._known = known_sources(connection, device)
        self._owners = {(k.device_number, k.inode): path for path, k in self._known.items() if k.state != "skipped"}
        self._seen_paths: set[bytes] = set()
        self._seen_files: dict[tuple[int, int], bytes] = {}
        self._closed: dict[bytes, str | None] = {}
        self._unreadable = 0

    def run(self, progress: Progress | None) -> Summary:
        """Find, read, write, and tell."""
        jobs: list[Job] = []
        fresh: list[tuple[Source, int, Found]] = []
        for place in self._places:
            if not place.trees:
                continue
            account = self._account(place)
            for tree in place.trees:
                for found in walk(tree, place.source.kind, getattr(place.source, "skips", None)):
                    self._sort(place.source, account, found, jobs, fresh)
        if fresh:
            self._add(fresh, jobs)
        self._gone()
        counts = (0, 0, 0, 0)
        if jobs:
            from collector.record import Recorder  # decoding is imported only when there is something to decode

            jobs.sort(key=lambda job: job.mtime_ns, reverse=True)
            total, done = sum(job.size for job in jobs), 0

            def step(more: int) -> None:
                nonlocal done
                done += more
                if progress is not None:
                    progress(done, total)

            recorder = Recorder(self._connection, step)
            before = count_responses(self._connection)
            recorder.record(jobs)
            self._unreadable += recorder.counts.unreadable
            done_by = recorder.counts
            counts = (done_by.records, done_by.rejected, count_responses(self._connection) - before, done_by.bytes)
        return Summary(
            len(self._seen_paths), len(jobs), *counts, tuple(place.path for place in self._places),
            tuple(place.path for place in self._places if place.trees), self._unreadable,
        )  # fmt: skip

    def _account(self, place: Root) -> int:
        with transaction(self._connection):
            return account_id(self._connection, self._device, place.source.agent, place.path, place.name)

    def _sort(
        self, source: Source, account: int, found: Found, jobs: "list[Job]", fresh: list[tuple[Source, int, Found]]
    ) -> None:
        """Known and unchanged, known with news, or new."""
        if found.raw_path in self._seen_paths:
            return  # two roots lead to it
        self._seen_paths.add(found.raw_path)
        if found.kind in CLOSED:
            self._closed[found.raw_path] = found.problem
        known = self._known.get(found.raw_path)
        if known is None:
            fresh.append((source, account, found))
        elif found.problem is not None:
            self._unreadable += 1
            if known.state != "skipped":
                self._set(known, "skipped", found.problem, found.seen)
        elif not self._claim(found):
            if known.state != "skipped":
                self._set(known, "skipped", "another name of a file that is read already", found.seen)
        elif self._has_news(known, found.seen):
            jobs.append(_job(source, known, found))

    def _has_news(self, known: Known, seen: Seen) -> bool:
        last = (known.device_number, known.inode, known.size, known.mtime_ns, known.ctime_ns)
        return last != seen or known.state not in ("read", "foreign")

    def _claim(self, found: Found) -> bool:
        """Read a file under this name, in this look: true for the first of its names that asks, and for that alone."""
        file = (found.seen.device_number, found.seen.inode)
        owner = self._owners.get(file)
        if owner is not None and owner != found.raw_path and _leads_to(owner, file):
            return False  # the name it was read under stays its name, in whatever order the folder lists them
        return self._seen_files.setdefault(file, found.raw_path) == found.raw_path

    def _add(self, fresh: list[tuple[Source, int, Found]], jobs: "list[Job]") -> None:
        """New paths: a known file under another name, or a source that begins now."""
        missing = {
            (known.device_number, known.inode): known
            for path, known in self._known.items()
            if path not in self._seen_paths and known.inode is not None and known.cursor
        }
        with transaction(self._connection):
            for source, account, found in sorted(fresh, key=lambda item: item[2].raw_path):
                moved = missing.get((found.seen.device_number, found.seen.inode)) if found.problem is None else None
                is_same = moved is not None and moved.kind == found.kind and _is_same(moved, found)
                if moved is not None and is_same is None:
                    self._seen_paths.add(moved.raw_path)  # neither gone nor new: the next look will tell
                    self._unreadable += 1
                    continue
                if moved is not None and is_same:
                    del self._known[moved.raw_path]
                    del missing[found.seen.device_number, found.seen.inode]
                    renamed = rename(self._connection, moved, account, found.raw_path, shown(found.raw_path))
                    jobs.append(_job(source, renamed, found))
                    continue
                known = add_source(self._connection, account, found.raw_path, shown(found.raw_path), found.kind)
                if found.problem is not None:
                    self._unreadable += 1
                    set_state(self._connection, known.source_id, "skipped", found.problem, found.seen)
                elif not self._claim(found):
                    reason = "another name of a file that is read already"
                    set_state(self._connection, known.source_id, "skipped", reason, found.seen)
                else:
                    jobs.append(_job(source, known, found))

    def _gone(self) -> None:
        """Files that were known and are not there: out of reach with a folder above them, or removed."""
        trees = tuple(os.fsencode(tree) + b"/" for place in self._places for tree in place.trees)
        shut = {**_missing(self._places), **self._closed}
        lost: list[tuple[Known, str, str]] = []
        for path, known in self._known.items():
            if path in self._seen_paths:
                continue
            folder = next((folder for folder in shut if path.startswith(folder + b"/")), None)
            if folder is None and (path + b"/").startswith(trees) and known.state != "gone":
                lost.append((known, "gone", "the file was removed; what it said is kept"))
            elif folder is not None and known.kind not in CLOSED and known.state not in ("gone", "unreachable"):
                lost.append((known, "unreachable", f"{shown(folder)}: {shut[folder]}"))
        if not lost:
            return
        with transaction(self._connection):
            for known, state, reason in lost:
                if known.kind in CLOSED:  # it can be looked into again, or is gone: there was nothing to keep
                    forget(self._connection, known.source_id)
                else:
                    set_state(self._connection, known.source_id, state, reason, None)

    def _set(self, known: Known, state: str, reason: str, seen: Seen | None) -> None:
        with transaction(self._connection):
            set_state(self._connection, known.source_id, state, reason, seen)


def _job(source: Source, known: Known, found: Found) -> "Job":
    from collector.read import Job

    return Job(source.agent, known, shown(found.raw_path), found.seen.mtime_ns, found.seen.size)


def _missing(places: list[Root]) -> dict[bytes, str | None]:
    """The trees that cannot be walked, and why: a disk that is not mounted, a root that was removed, no permission."""
    found: dict[bytes, str | None] = {}
    for place in places:
        for tree in map(os.path.realpath, place.source.trees(place.path)):
            if tree not in place.trees:
                try:
                    os.listdir(tree)
                except OSError as error:
                    found[os.fsencode(tree)] = error.strerror
    return found


def _leads_to(raw_path: bytes, file: tuple[int, int]) -> bool:
    try:
        found = os.lstat(raw_path)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == file


def _is_same(known: Known, found: Found) -> bool | None:
    from collector.tail import is_same_file

    return is_same_file(known, found.raw_path)
