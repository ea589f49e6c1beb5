"""Record all there is, once: look at every file, read those with news, say what was done."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import NamedTuple

from collector.daemon.alive import bury
from collector.files.discover import Root, roots
from collector.files.look import Look
from collector.recording.pace import keep_pace
from collector.sources import all_sources
from store import made_by, recovery, words
from store.accounts import name_accounts
from store.config import Config, load
from store.database import transaction
from store.device import device_id
from store.home import prepare
from store.lock import Waiting, hold
from store.places import set_aliases
from store.price_standing import refresh
from store.rescue import open_whole, replace_damaged
from store.sources import count_responses, first_device
from store.sources import device_id as device_row
from store.staged import forget_archived, name_store
from store.usage_days import sum_days

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
    mended: str = ""
    """What became of a database that was damaged."""


Progress = Callable[[int, int], None]


def collect_once(
    home: str,
    environ: Mapping[str, str],
    user: str,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> Summary:
    """Hold the writer's lock, and bring the database up to what the files say now."""
    config = load(home, [source.agent for source in all_sources()])
    prepare(home)
    with hold(home, "recording", wait_s=LOCK_WAIT_S, waiting=waiting):
        try:
            return _collect(home, config, environ, user, progress)
        except sqlite3.DatabaseError as error:
            from store.check import is_damage

            if not is_damage(error):
                raise
            mended = replace_damaged(home, str(error))
        return _collect(home, config, environ, user, progress)._replace(mended=mended)


def _collect(home: str, config: Config, environ: Mapping[str, str], user: str, progress: Progress | None) -> Summary:
    connection, mended = open_whole(home)
    with closing(connection):
        look = Look(connection, *standing(connection, home, config, environ, user))
        summary = _run(connection, look, progress)
        bury(connection, look.device)
        if mended:
            with transaction(connection):
                recovery.set_out(connection)
        if recovery.is_due(connection):
            from collector.archive.recover import recover

            recover(connection, home, look.device)
            with transaction(connection):
                recovery.end(connection)
        with transaction(connection):
            sum_days(connection)
        if not made_by.is_by(connection, made_by.versions(all_sources())):
            from collector.archive.rebuild import rebuild_what_is_old

            rebuild_what_is_old(connection, home)
        words.index_all(connection, lambda: keep_pace(connection))
        return summary._replace(mended=mended)


def standing(
    connection: sqlite3.Connection, home: str, config: Config, environ: Mapping[str, str], user: str
) -> tuple[int, list[Root]]:
    """This machine and its roots, with everything named and priced as the configuration says."""
    places = roots(home, all_sources(), config, environ, user)
    device = device_row(
        connection, device_id(home, first_device(connection)), config.device_name or os.uname().nodename
    )
    with transaction(connection):
        name_store(connection, home)
        forget_archived(connection, home, is_on=config.archive.is_on)
        set_aliases(connection, device, config.projects)
        refresh(connection, config.prices)
        return device, _named(connection, device, places, config, user)


def _named(connection: sqlite3.Connection, device: int, places: list[Root], config: Config, user: str) -> list[Root]:
    """The roots under names that tell them apart; one without a tree is no account."""
    found = {(place.source.agent, place.path): place.name for place in places if place.trees}
    given = {os.path.realpath(path) for path in config.accounts}
    names = name_accounts(connection, device, found, given, user)
    return [place._replace(name=names.get((place.source.agent, place.path), place.name)) for place in places]


def _run(connection: sqlite3.Connection, look: Look, progress: Progress | None) -> Summary:
    """Find, read, write, and tell."""
    jobs = [job for found in look.sweep() for job in found]
    counts, unreadable = (0, 0, 0, 0), look.unreadable
    if jobs:
        from collector.recording.record import Recorder  # decoding is imported only when there is something to decode

        jobs.sort(key=lambda job: job.mtime_ns, reverse=True)
        total, done = sum(job.size for job in jobs), 0

        def step(more: int) -> None:
            nonlocal done
            done += more
            if progress is not None:
                progress(done, total)

        recorder = Recorder(connection, step)
        recorder.after = lambda: keep_pace(connection)
        before = count_responses(connection)
        recorder.record(jobs)
        done_by = recorder.counts
        unreadable += done_by.unreadable
        counts = (done_by.records, done_by.rejected, count_responses(connection) - before, done_by.bytes)
    return Summary(
        len(look.seen_paths), len(jobs), *counts, tuple(place.path for place in look.places),
        tuple(place.path for place in look.places if place.trees), unreadable,
    )  # fmt: skip
