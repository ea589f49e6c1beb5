"""Write what is read: portions from this process, or, when much is new, from a helper that reads beside it."""

import gc
import os
import sqlite3
from collections.abc import Callable

from collector.helper import portions
from collector.read import Job, Reading
from collector.sources import Past
from collector.tail import Read
from collector.threads import REMEMBERED
from store.database import CHECKPOINT_PAGES, transaction
from store.sources import Known, add_generation, past_records
from store.write import Portion, write

BULK_PAGES = 16_384
HELP_BYTES = 32 << 20  # below that a second process takes longer to start than it saves


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
        self._connection, self._progress, self._read = connection, progress, read

    def record(self, jobs: list[Job]) -> None:
        """Read every job's file to its end, and write what it says."""
        fresh = [job for job in jobs if job.is_fresh]
        if sum(job.size for job in fresh) >= HELP_BYTES and (os.cpu_count() or 1) > 1 and self._read is os.pread:
            # Fewer, larger checkpoints: each page is then written once, however many portions changed it. And rows
            # hold no cycles: looking for some among a million of them takes a tenth of the time.
            self._connection.execute(f"pragma wal_autocheckpoint = {BULK_PAGES}")
            gc.disable()
            try:
                for portion in portions(fresh):
                    self._write(portion)
            finally:
                gc.enable()
            self._connection.execute(f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}")
            jobs = [job for job in jobs if not job.is_fresh]
        Reading(self._write, self._past, self._begin_anew, self._read).run(jobs)

    def _write(self, portion: Portion) -> None:
        write(self._connection, portion)
        self.counts.add(portion)
        if self._progress is not None:
            self._progress(portion.bytes)

    def _past(self, generation_id: int) -> Past:
        return lambda: past_records(self._connection, generation_id, REMEMBERED)

    def _begin_anew(self, known: Known) -> int:
        with transaction(self._connection):
            return add_generation(self._connection, known.source_id)
