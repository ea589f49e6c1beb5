"""One round of archiving: what is lacking, in the order in which it may be lost, within the limits that are set."""

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple

from collector.archive.keep import Keeper, Stop, Turn
from collector.sources import Beside, Keeps, all_sources
from store import archive, kept
from store.archive_pending import Lacking, backlog, lacking
from store.config import Archiving, load
from store.database import path_in, transaction
from store.errors import LockHeld
from store.lock import hold

DAY_NS = 86_400_000_000_000
RISK_DAYS = 7
"""What an agent's own clean-up will remove within so many days goes first."""
BESIDE_MOST = 10_000


class Archived(NamedTuple):
    """What one round did."""

    files: int
    bytes: int


def archive_all(
    home: str, config: Archiving, turn: Turn | None = None, starting: Callable[[int], None] | None = None
) -> Archived:
    """Bring the archive up to what is recorded, as far as the files still hold it."""
    done = [0, 0]
    if not config.is_on:
        return Archived(0, 0)

    def count(size: int) -> bool:
        done[1] += size
        return turn is None or turn(size)

    with (
        hold(home, "archiving", name=archive.LOCK),
        closing(archive.open_archive(home)) as connection,
    ):
        archive.attach_store(connection, home)
        know_store(connection)
        sources = {source.agent: source for source in all_sources()}
        keeper = Keeper(connection, lambda agent, kind: agent in sources and sources[agent].is_whole(kind), count)
        items = ordered(lacking(connection), config, time.time_ns(), _keep_days)
        if starting is not None:
            starting(sum(max(0, item.cursor - item.covers) for item in items))
        try:
            for item in items:
                done[0] += keeper.keep(item)
                source = sources.get(item.agent)
                if isinstance(source, Beside):
                    for raw_path in _beside(connection, source, item):
                        keeper.keep_beside(item, raw_path)
            keeper.finish()
            limit(connection, config, time.time_ns())
        except Stop:
            pass
    return Archived(*done)


def archive_once(home: str, progress: Callable[[int, int], None] | None = None) -> Archived:
    """What a recording leaves to be archived, in one go."""
    config = load(home).archive
    if not config.is_on or not os.path.exists(path_in(home)) or not backlog(home).files:
        return Archived(0, 0)
    done = total = 0

    def start(size: int) -> None:
        nonlocal total
        total = size

    def turn(size: int) -> bool:
        nonlocal done
        done += size
        if progress is not None:
            progress(min(done, total), total)
        return True

    try:
        return archive_all(home, config, turn, start)
    except LockHeld:
        return Archived(0, 0)  # a collector's own does it


def ordered(
    items: list[Lacking], config: Archiving, now_ns: int, keep_days: Callable[[str, str], float | None]
) -> list[Lacking]:
    """What may soon be removed, the oldest first; then the newest first. What is too old to be kept is left out."""
    if config.keep_days is not None:
        items = [item for item in items if now_ns - item.mtime_ns < config.keep_days * DAY_NS]
    days = {root: keep_days(*root) for root in {(item.agent, item.root) for item in items}}

    def risk(item: Lacking) -> tuple[bool, int]:
        most = days[item.agent, item.root]
        is_at_risk = most is not None and now_ns - item.mtime_ns > (most - RISK_DAYS) * DAY_NS
        return not is_at_risk, item.mtime_ns if is_at_risk else -item.mtime_ns

    return sorted(items, key=risk)


def limit(connection: sqlite3.Connection, config: Archiving, now_ns: int) -> None:
    """Drop what is older than it is to be kept, then the oldest until the rest is small enough."""
    if config.keep_days is not None:
        oldest = now_ns - int(config.keep_days * DAY_NS)
        rows = connection.execute(
            "select file_id from file where not is_dropped and mtime_ns < ?", (oldest,)
        ).fetchall()
        for (file_id,) in rows:
            kept.drop(connection, file_id)
    if config.max_bytes is not None:
        rows = connection.execute("select file_id from file where not is_dropped order by mtime_ns").fetchall()
        for (file_id,) in rows:
            if packed_bytes(connection) <= config.max_bytes:
                break
            kept.drop(connection, file_id)
    connection.execute("pragma incremental_vacuum").fetchall()


def packed_bytes(connection: sqlite3.Connection) -> int:
    """What the blocks take."""
    return connection.execute("select coalesce(sum(length(packed)), 0) from content").fetchone()[0]


def know_store(connection: sqlite3.Connection) -> None:
    """What an archive keeps for another database than this one is an orphan: ids there meant other files."""
    (row,) = connection.execute("select (select value from store.meta where name = 'store')").fetchall()
    known = connection.execute("select value from main.meta where name = 'store'").fetchone()
    if known is not None and known[0] == row[0]:
        return
    with transaction(connection):
        connection.execute("update file set generation_id = null, source_id = null where generation_id is not null")
        connection.execute("insert or replace into main.meta (name, value) values ('store', ?)", (row[0],))


def _keep_days(agent: str, root: str) -> float | None:
    source = next((source for source in all_sources() if source.agent == agent), None)
    return source.keep_days(root) if isinstance(source, Keeps) else None


def _beside(connection: sqlite3.Connection, source: Beside, item: Lacking) -> Iterator[bytes]:
    """The files that go with a transcript and that no source reads."""
    number = 0
    for folder, prefix in source.beside(item.kind, item.root, item.raw_path):
        for path in _files(folder, prefix):
            number += 1
            if number > BESIDE_MOST:
                return
            if connection.execute("select 1 from store.source where raw_path = ?", (path,)).fetchone() is None:
                yield path


def _files(folder: bytes, prefix: bytes) -> Iterator[bytes]:
    """Regular files below a folder; of its own, those whose names begin so. No link is followed."""
    waiting = [folder]
    while waiting:
        try:
            entries = sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except OSError:
                continue
            if stat.S_ISDIR(mode):
                waiting += [entry.path] if not prefix else []
            elif stat.S_ISREG(mode) and (not prefix or entry.name.startswith(prefix)):
                yield entry.path
