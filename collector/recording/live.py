"""The rounds of a collector that runs: what grows is read first, a portion of each; behind it the backlog."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from collector.archive.anew import Anew
from collector.archive.archiver import Archiver
from collector.daemon.guard import Guard
from collector.daemon.memory import trim
from collector.daemon.tally import Tally
from collector.daemon.tidy import Tidy
from collector.files.hints import Hints
from collector.files.look import Look
from collector.files.watch import Watch
from collector.recording.pending import PORTION, Pending
from collector.recording.read import Job
from collector.recording.record import Counts, Recorder
from store import words
from store.database import transaction
from store.usage_days import sum_days

HINTS_A_ROUND = 300
FILES_A_ROUND = 64
BACKLOG_BYTES = 2 << 20
LIVE_BYTES = 4 << 20  # of a round
REST, LONGEST_REST_S = 2.0, 0.05  # after a round, for so many times as it took, more may come together
DAYS_S, LIGHT_S = 5.0, 30.0
WORDS_S, LATEST_WORDS_S, WORDS_REST_S = 1.0, 5.0, 0.02
"""So long after the last line words can be found, and at the latest; between two portions of many."""
RETRY_S = (0.05, 0.5, 2.0)


class Live:
    """One database that is open, and the files that are recorded into it."""

    def __init__(
        self, connection: sqlite3.Connection, look: Look, hints: Hints, tally: Tally, archiver: Archiver
    ) -> None:
        self._connection, self.look, self._hints, self._tally = connection, look, hints, tally
        self.archiver = archiver
        self._tidy = Tidy(look, archiver)
        self.watch = Watch(look, hints)
        self.guard = Guard(connection)
        self._recorder = Recorder(connection)
        self.pending = Pending()
        self._rest_until = 0.0
        self._tries: dict[bytes, int] = {}
        self._days_at: float | None = None
        self._words_at: float | None = 0.0  # whatever an earlier collector left
        self._words_by = 0.0
        self._waits_since: float | None = None
        self._recorded_at = 0.0
        self._is_heavy = True
        self.anew = Anew(connection, archiver.home, look.device)

    def step(self, is_stopping: Callable[[], bool]) -> None:
        """One round."""
        self.pending.add(self.watch.hinted(HINTS_A_ROUND), is_live=True)
        self.pending.add(self.watch.polled(), is_live=True)
        self.pending.add(self.watch.swept(), is_live=True)
        if self.pending.live and self._waits_since is None:
            self._waits_since = time.monotonic()
        if not self.guard.must_stop and not is_stopping():
            if self.pending.live and time.monotonic() >= self._rest_until:
                self._record(self.pending.take_live(self.look.known, FILES_A_ROUND, LIVE_BYTES))
                self._waits_since = time.monotonic() if self.pending.live else None
            if self.pending.has_backlog and not is_stopping():
                self._record(self.pending.take_backlog(self.look.known, FILES_A_ROUND, BACKLOG_BYTES))
            if not self.pending.live and not self.is_importing and self.anew.is_due(self.quiet_s):
                self.look.refresh(self.anew.step())
                self._days_at = self._days_at or time.monotonic() + DAYS_S
                self._words_at = self._words_at or time.monotonic() + WORDS_S
                self.guard.wrote(BACKLOG_BYTES)
            if not self.pending.live and not self.is_importing and self._is_due(self._words_at):
                is_more = words.index(self._connection)
                self._words_at = time.monotonic() + WORDS_REST_S if is_more else None
                self.guard.wrote(0)
        self._lighten()
        self._tidy.tend()
        self.guard.tend(is_busy=bool(self.pending.live))
        if self._is_due(self._days_at):
            self._days_at = None
            with transaction(self._connection):
                sum_days(self._connection)
            self.guard.wrote(0)

    def _lighten(self) -> None:
        """Some time after the last line, what was needed for many is given back to the system."""
        if self._is_heavy and self.quiet_s >= LIGHT_S:
            self._is_heavy = False
            self._connection.execute("pragma shrink_memory")
            trim()

    def wait_s(self) -> float:
        """How long nothing is to be done, unless somebody calls."""
        now = time.monotonic()
        if self.guard.must_stop:
            return self.guard.wait_s() or 0.0
        if self.pending.has_backlog:
            return 0.0
        waits = [self.watch.wait_s()]
        if not self.is_importing and (rest := self.anew.wait_s()) is not None:
            waits.append(rest)
        if self.pending.live:
            waits.append(max(0.0, self._rest_until - now))
        if self._days_at is not None:
            waits.append(max(0.0, self._days_at - now))
        if self._words_at is not None and not self.is_importing:
            waits.append(max(0.0, self._words_at - now))
        tending = self.guard.wait_s()
        if tending is not None:
            waits.append(tending)
        return min(waits)

    @staticmethod
    def _is_due(at: float | None) -> bool:
        return at is not None and time.monotonic() >= at

    @property
    def is_calm(self) -> bool:
        """Whether somebody may look at the whole database now, for a while."""
        return self.watch.sweeps > 0 and not self.pending.has_backlog and not self.guard.is_held_up

    def lag(self) -> tuple[int, float]:
        """Bytes of files that grow and wait, and for how long the first of them does."""
        size = sum(max(0, job.size - job.known.cursor) for job in self.pending.live.values())
        return size, time.monotonic() - self._waits_since if self._waits_since is not None else 0.0

    def errand(self, home: str, question: str) -> dict[str, Any] | None:
        """Something that the command line has to have written."""
        from collector.daemon.errands import done

        name, _, agent = question.partition(" ")
        if name == "rebuild":
            return {"done": self.anew.ask(agent or None)}
        return done(self._connection, home, self.look, question)

    @property
    def quiet_s(self) -> float:
        """For how long nothing was recorded."""
        return time.monotonic() - self._recorded_at

    @property
    def is_importing(self) -> bool:
        """Whether there is still something that was never read."""
        return self.watch.sweeps == 0 or self.pending.has_backlog

    def document(self) -> dict[str, Any]:
        """How far it is."""
        size, seconds = self.lag()
        total, left = self.pending.total, self.pending.left
        states: dict[str, int] = {}
        for known in self.look.known.values():
            states[known.state] = states.get(known.state, 0) + 1
        is_first = self.is_importing
        return {
            "state": "held up" if self.guard.must_stop else "importing" if is_first else "watching",
            "lagBytes": size, "lagSeconds": round(seconds, 3), "files": states,
            "backlog": {
                "files": self.pending.backlog_files, "bytes": left,
                "share": round(1 - left / total, 4) if is_first and total else (0.0 if is_first else 1.0),
            },
            "watches": {
                "everySeconds": round(self.watch.sweep_every_s, 1), "overflows": self._hints.overflows,
                "trees": [{"path": tree.path, "polled": tree.problem} for tree in self._hints.trees.values()],
            },
            "archive": self.archiver.document(), "feed": self._tidy.document(), "rebuild": self.anew.document(),
            "walHeldUpBytes": self.guard.used if self.guard.is_held_up else 0,
        }  # fmt: skip

    # -- reading

    def _record(self, jobs: list[Job]) -> None:
        usual = [job for job in jobs if self.pending.portion(job.known.raw_path) == PORTION]
        for group in (usual, *([job] for job in jobs if job not in usual)):
            if group:
                self._record_group(group, self.pending.portion(group[0].known.raw_path))

    def _record_group(self, jobs: list[Job], most: int) -> None:
        began = time.monotonic()
        self._recorder.counts = Counts()
        cut = self._recorder.record(jobs, most)
        self.look.refresh({job.known.source_id for job in jobs})
        counts = self._recorder.counts
        self._tally.add(counts)
        self.guard.wrote(counts.bytes)
        if counts.bytes:
            self.archiver.wrote(counts.bytes)
        if counts.records:
            self._recorded_at, self._is_heavy = time.monotonic(), True
            self._days_at = self._days_at or self._recorded_at + DAYS_S
            self._words_by = self._words_by if self._words_at is not None else self._recorded_at + LATEST_WORDS_S
            self._words_at = min(self._words_by, self._recorded_at + WORDS_S)
        for job in jobs:
            self._after(job, is_cut=job.known.source_id in cut)
        ended = time.monotonic()
        self._rest_until = ended + min(LONGEST_REST_S, REST * (ended - began))

    def _after(self, job: Job, *, is_cut: bool) -> None:
        path = job.known.raw_path
        now = self.look.known.get(path, job.known)
        if is_cut:
            self.pending.go_on(job, job.known, now)
            return
        self.pending.done(path)
        if now.state == "unreadable":
            tries = self._tries[path] = self._tries.get(path, 0) + 1
            if tries <= len(RETRY_S):
                self.watch.again(path, RETRY_S[tries - 1])
            return
        self._tries.pop(path, None)
        if not job.is_fresh or now.size != now.cursor or time.time_ns() - job.mtime_ns < 60_000_000_000:
            self.watch.grew(path, 0 if now.open_line else now.size - now.cursor)
