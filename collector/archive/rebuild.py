"""Facts made anew from the lines they came from, a family of sessions at a time, each in one transaction: until it is
committed, everybody sees the facts as they were. A family of which bytes are missing is left as it is."""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, NamedTuple

from collector.archive.again import begun, is_there, told
from collector.archive.replay import Missing
from collector.recording.pace import keep_pace
from collector.recording.read import Job, Reading
from collector.recording.record import FAULTS_OF_A_FILE
from collector.sources import Source, all_sources
from store import archive, made_by, remake, words
from store.account_facts import Told, forget, there, told_by
from store.ask import ask
from store.batch import Rows
from store.database import open_reader, open_writer, transaction
from store.errors import FleetmeterError, LockHeld
from store.families import Families, Family, Part, Planned, families, family_now, is_stale, loose_now
from store.home import StrPath
from store.lock import COLLECTING, Waiting, hold, holder
from store.only import only
from store.sources import past_records
from store.usage_days import sum_days
from store.write import Portion, write

LOCK_WAIT_S = 10.0
ANSWER_S = 60.0
Step = Callable[[int, int], None]


class Rebuilt(NamedTuple):
    """What became of it. is_behind: a collector that runs does it, between its rounds; made is what waits there."""

    made: int
    left: int
    is_behind: bool = False


def rebuild(
    home: str, agent: str | None, progress: Step | None = None, waiting: Waiting | None = None
) -> Rebuilt:  # fmt: skip
    """Make everything anew, or have it made by the collector that runs."""
    open_reader(home).close()  # there is nothing to make anew, or it cannot be: that is told first
    try:
        with (
            hold(home, "rebuilding", wait_s=LOCK_WAIT_S, waiting=waiting),
            closing(open_writer(home)) as connection,
            closing(Rebuild(connection, home, agent, is_forced=True)) as everything,
        ):
            return run(connection, everything, progress)
    except LockHeld:
        running = holder(home)
        if running is None or running.doing != COLLECTING:
            raise
    answer = ask(home, f"rebuild {agent or ''}", ANSWER_S)
    if answer is None or "done" not in answer:
        words = (answer or {}).get("error", "it does not answer")
        raise FleetmeterError(f"the collector that runs could not do it: {words}", hint="`fleetmeter stop`, then again")
    return Rebuilt(answer["done"], 0, is_behind=True)


def rebuild_what_is_old(connection: sqlite3.Connection, home: StrPath) -> Rebuilt:
    """What a source of an older version made, if there is any."""
    versions = made_by.versions(all_sources())
    if made_by.is_by(connection, versions):
        return Rebuilt(0, 0)
    with closing(Rebuild(connection, home)) as everything:
        found = run(connection, everything, None)
    with transaction(connection):
        made_by.note(connection, versions)
    return found


def run(connection: sqlite3.Connection, everything: "Rebuild", progress: Step | None) -> Rebuilt:
    """Family after family; whoever ends it leaves the rest as it was."""
    total = everything.bytes
    while everything.waiting:
        everything.step()
        words.index_all(connection, lambda: keep_pace(connection))
        keep_pace(connection)
        if progress is not None:
            progress(total - everything.bytes, total)
    with transaction(connection):
        sum_days(connection)
    return Rebuilt(everything.made, everything.left)


class Work(NamedTuple):
    """What is made anew in one transaction. loose: files that tell of these sessions too, and belong to none."""

    source: Source
    family: Family
    loose: tuple[Part, ...]


class Rebuild:
    """All that is to be made anew; whoever calls does it step by step, and holds the writer's lock."""

    def __init__(
        self, connection: sqlite3.Connection, home: StrPath, agent: str | None = None, *, is_forced: bool = False
    ) -> None:
        self._connection, self._is_forced = connection, is_forced
        self._archive: sqlite3.Connection | None = None
        with suppress(FleetmeterError, sqlite3.Error):  # a damaged one is told elsewhere; the files may do
            self._archive = archive.read_archive(home)
        self.made = self.left = 0
        self._planned: dict[str, Planned] = {}
        self._strays: dict[str, Told] = {}
        self._works = deque[Work]()
        for source in all_sources():
            if agent in (None, source.agent) and (is_forced or is_stale(connection, source.agent, source.version)):
                self._works.extend(self._plan(source))

    @property
    def waiting(self) -> int:
        """How many families are left to do."""
        return len(self._works)

    @property
    def bytes(self) -> int:
        """What is to be read for them."""
        return sum(map(_size, self._works))

    def prefer(self, most: int) -> bool:
        """Let a family be the next that is not larger; false where none is left."""
        for _ in range(len(self._works)):
            if _size(self._works[0]) <= most:
                return True
            self._works.rotate(-1)
        return not self._works

    def lost(self) -> list[Part]:
        """What cannot be had any more, as far as can be seen without reading it."""
        parts = [(work.source, part) for work in self._works for part in (*work.family.parts, *work.loose)]
        return [part for source, part in parts if not self._is_there(source, part)]

    def _is_there(self, source: Source, part: Part) -> bool:
        return not part.is_pruned and is_there(part, self._archive, is_whole=source.is_whole(part.known.kind))

    def step(self) -> set[int]:
        """Make one family anew, or leave it; gives the sources it read."""
        work = self._now(self._works.popleft())
        agent = work.source.agent
        if self._redo(work):
            self.made += 1
        else:
            self.left += 1
            self._strays.pop(agent, None)  # what is left may tell of them
        if agent in self._strays and not any(waiting.source.agent == agent for waiting in self._works):
            with transaction(self._connection):
                forget(self._connection, self._strays.pop(agent))
        if not self._works:
            self.close()
        return {part.known.source_id for part in (*work.family.parts, *work.loose)}

    def close(self) -> None:
        self._works.clear()
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    # -- what is to be done

    def _plan(self, source: Source) -> list[Work]:
        found = families(self._connection, source.agent)
        everything = [*found.loose, *(part for family in found.families for part in family.parts)]
        self._planned[source.agent] = Planned(
            {part.known.source_id: part.known.cursor for part in found.loose},
            max((part.known.source_id for part in everything), default=0),
        )
        tells = self._tells(source, found)
        works: list[Work] = []
        for family in found.families:
            loose = tuple(part for keys, part in tells if not keys.isdisjoint(family.sessions))
            if self._is_due(source, (*family.parts, *loose)):
                works.append(Work(source, family, loose))
        rest = (part for part in found.loose if part.known.cursor and not part.is_pruned)
        rest = [part for part in rest if self._is_due(source, (part,))]
        again = {part.known.source_id for part in (*rest, *(part for work in works for part in work.family.parts))}
        if all(part.known.source_id in again and not part.is_pruned for part in everything if part.known.cursor):
            self._strays[source.agent] = there(self._connection, source.agent)
        return [*works, *(Work(source, Family((), (part,)), ()) for part in rest)]

    def _is_due(self, source: Source, parts: tuple[Part, ...]) -> bool:
        return bool(parts) and (
            self._is_forced or any(max(part.made_by, part.left_by) < source.version for part in parts)
        )

    def _tells(self, source: Source, found: Families) -> list[tuple[set[int], Part]]:
        """Which sessions the loose ones tell of. One that cannot be read may tell of any of its account."""
        keys = remake.session_keys(self._connection, source.agent)
        tells: list[tuple[set[int], Part]] = []
        for part in found.loose:
            account = part.known.account_id
            if not part.known.cursor or part.is_pruned:
                continue
            ids = set[str]()
            try:
                self._read(source, (part,), lambda portion, ids=ids: ids.update(s[0] for s in portion.rows.sessions))
                which = {keys[account, id_] for id_ in ids if (account, id_) in keys}
            except Missing:
                which = remake.with_signals(self._connection, account)
            tells.append((which, part))
        return tells

    # -- doing it

    def _now(self, work: Work) -> Work:
        """What it has become since it was planned: live lines were recorded meanwhile."""
        agent = work.source.agent
        family = family_now(self._connection, agent, work.family)
        own = {part.known.source_id for part in family.parts}
        told = {part.known.source_id for part in work.loose}
        loose = loose_now(self._connection, agent, self._planned[agent], told) if family.sessions else []
        return Work(work.source, family, tuple(part for part in loose if part.known.source_id not in own))

    def _redo(self, work: Work) -> bool:
        parts = (*work.family.parts, *work.loose)
        is_whole = work.source.is_whole
        try:
            if any(part.is_pruned for part in parts) or not all(
                is_there(part, self._archive, is_whole=is_whole(part.known.kind)) for part in parts
            ):
                raise Missing("bytes that are not there")
            with transaction(self._connection):
                self._make(work)
        except (Missing, *FAULTS_OF_A_FILE):
            with transaction(self._connection):
                remake.leave(self._connection, parts, work.source.version)
            return False
        return True

    def _make(self, work: Work) -> None:
        store, sessions, parts = self._connection, work.family.sessions, work.family.parts
        pruned = remake.pruned(store)
        ids = remake.session_ids(store, sessions)
        if not pruned.isdisjoint(ids):
            raise Missing("some of it was deleted")
        before = remake.take_down(store, sessions, parts)
        states: dict[int, tuple[str, str | None]] = {}

        def add(portion: Portion) -> None:
            if portion.troubles:
                raise Missing(portion.troubles[0].reason)
            account = portion.rows.account_id
            rows = only(portion.rows, lambda id_: (account, id_) not in pruned)
            states.update({each.generation_id: (each.state, each.reason) for each in portion.advances})
            self._write(rows, portion)

        def add_loose(portion: Portion) -> None:
            account = portion.rows.account_id
            rows = only(portion.rows, lambda id_: (account, id_) in ids)
            self._write(rows, Portion(rows, [], []))

        self._read(work.source, parts, add)
        self._read(work.source, work.loose, add_loose)
        if not remake.finish(store, before, parts, states, work.source.version, sessions):
            raise Missing("its lines end elsewhere now")

    def _write(self, rows: Rows, portion: Portion) -> None:
        strays = self._strays.get(rows.agent)
        if strays is not None:
            for table, told in told_by(rows).items():
                strays[table] -= told
        write(self._connection, Portion(rows, portion.advances, [], portion.bytes))

    def _read(self, source: Source, parts: tuple[Part, ...], emit: Callable[[Portion], Any]) -> None:
        reading = Reading(emit, lambda generation: lambda most: past_records(self._connection, generation, most))
        for part in parts:
            known, is_whole = part.known, source.is_whole(part.known.kind)
            if not known.cursor and not known.size:
                continue
            path = known.raw_path.decode("utf-8", "backslashreplace")
            job = Job(source.agent, begun(known), path, known.mtime_ns or 0, known.size)
            with told(part, self._connection, self._archive, is_whole=is_whole) as content:
                reading.again(job, content)
        reading.flush()


def _size(work: Work) -> int:
    return sum(part.known.cursor for part in work.family.parts)
