"""Write what is read: portions from this process, or, when much is new, from a helper that reads beside it."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from copy import copy

import msgspec

from collector.files.tail import Read
from collector.recording.helper import portions
from collector.recording.read import Job, Kept, Reading
from collector.sources import Past
from store.advance import known_now
from store.database import CHECKPOINT_PAGES, transaction
from store.sources import Known, add_generation, past_records, set_state
from store.write import Portion, write

HELP_BYTES = 32 << 20  # below that a second process takes longer to start than it saves
BULK_BYTES = 256 << 20  # of source in one transaction: a page that many portions change is written once
BULK_SETTINGS = ("pragma wal_autocheckpoint = 16384", "pragma cache_size = -16384")
USUAL_SETTINGS = (f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}", "pragma cache_size = -8192")


class Refused(Exception):
    """What is said of a file cannot be written beside what is there already."""


# What the database says of a row; of itself (full, locked, damaged) it says other things, which end a recording.
FAULTS_OF_A_FILE = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError, Refused)


class Counts:
    """What a run did."""

    def __init__(self) -> None:
        self.bytes = self.records = self.rejected = self.unreadable = 0

    def add(self, portion: Portion) -> None:
        for advance in portion.advances:
            self.records += len(advance.records) - len(advance.rejects)
            self.rejected += len(advance.rejects)
        self.bytes += portion.bytes
        self.unreadable += len(portion.troubles)


class Recorder:
    """The hand that writes. It alone uses the connection."""

    def __init__(
        self, connection: sqlite3.Connection, progress: Callable[[int], None] | None = None, read: Read = os.pread
    ) -> None:
        self.counts = Counts()
        self.after: Callable[[], None] = lambda: None
        """Called after each transaction."""
        self._connection, self._progress, self._read = connection, progress, read
        self._jobs: dict[int, Job] = {}
        self._alone: set[int] = set()
        self._cut: set[int] = set()
        self._most = 0
        self.kept: Kept = {}
        """Readers that may go on where they stopped."""

    def record(self, jobs: list[Job], most: int = 0) -> set[int]:
        """Read every file to its end, or so many bytes of it, and write what it says; gives those with more left."""
        self._jobs = {job.known.source_id: job for job in jobs}
        self._alone, self._most, self._cut = set(), most, set()
        fresh = [job for job in jobs if job.is_fresh]
        if sum(job.size for job in fresh) >= HELP_BYTES and self._read is os.pread and not most:
            self._record_much(fresh)
            jobs = [job for job in jobs if not job.is_fresh]
        # One transaction holds what one account was told: those that alternate would make one for each file.
        self._run(lambda portion: self._write(iter((portion,))), sorted(jobs, key=lambda job: job.known.account_id))
        return self._cut

    def _record_much(self, jobs: list[Job]) -> None:
        """Of files that were never read, with a helper."""
        # Fewer, larger checkpoints, and room for the pages that each portion changes: so they are written less often.
        # And rows hold no cycles: looking for some among a million of them takes a tenth of the time.
        for setting in BULK_SETTINGS:
            self._connection.execute(setting)
        gc.disable()
        try:
            with closing(portions(jobs)) as arriving:
                while self._write(arriving, BULK_BYTES):
                    pass
        finally:
            gc.enable()
        for setting in USUAL_SETTINGS:
            self._connection.execute(setting)

    def _write(self, arriving: Iterator[Portion], most: int = 0) -> bool:
        """One transaction of as many portions as come to so many bytes; says whether there was any."""
        before, touched, written = copy(self.counts), set[int](), 0
        try:
            with transaction(self._connection):
                for portion in arriving:
                    self._add(portion, touched)
                    written += portion.bytes
                    if written >= most:
                        break
        except FAULTS_OF_A_FILE:
            self.counts = before
            self._read_alone(touched - self._alone)
        self.after()
        return bool(touched)

    def _add(self, portion: Portion, touched: set[int]) -> None:
        touched |= portion.sources
        if not touched.isdisjoint(self._alone):
            raise Refused("the rest of a file that was read by itself since")
        write(self._connection, portion)
        self.counts.add(portion)
        if self._progress is not None:
            self._progress(portion.bytes)

    def _read_alone(self, source_ids: Iterable[int]) -> None:
        """Read these files again and write each by itself: one that cannot be written costs only itself."""
        self._alone.update(source_ids)
        for known in known_now(self._connection, source_ids):
            job = msgspec.structs.replace(self._jobs[known.source_id], known=known)
            try:
                self._run(self._write_alone, [job])
            except FAULTS_OF_A_FILE as error:
                self.counts.unreadable += 1
                with transaction(self._connection):
                    set_state(self._connection, known.source_id, "unreadable", f"cannot be recorded: {error}", None)

    def _write_alone(self, portion: Portion) -> None:
        with transaction(self._connection):
            write(self._connection, portion)
        self.counts.add(portion)

    def _run(self, emit: Callable[[Portion], object], jobs: list[Job]) -> None:
        reading = Reading(emit, self._past, self._begin_anew, self._read, self._most, self.kept if self._most else None)
        reading.run(jobs)
        self._cut |= reading.cut

    def _past(self, generation_id: int) -> Past:
        return lambda most: past_records(self._connection, generation_id, most)

    def _begin_anew(self, known: Known) -> int:
        with transaction(self._connection):
            return add_generation(self._connection, known.source_id)
