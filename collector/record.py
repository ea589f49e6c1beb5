"""Read files and write what they say, in batches: each is one transaction of records, facts, sums and cursors."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from collector.sources import Lines, Source
from collector.tail import LINE_CAP, Read, Stretch, Tail, Unreadable, open_file
from collector.threads import REMEMBERED
from collector.understand import Understood, peek, reject, understand
from store.batch import Batch
from store.database import transaction
from store.facts import Record
from store.sources import Advance, Known, Seen, add_generation, past_records, seen_of, set_state
from store.write import write

BATCH_BYTES = 16 << 20  # of source; fewer transactions, at a bounded cost in memory
WHOLE_CAP = 4 << 20
WHOLE_TRIES = 3


class Counts:
    """What a run did."""

    def __init__(self) -> None:
        self.bytes = self.records = self.rejected = self.responses = 0


class Job(NamedTuple):
    """A file that has news."""

    source: Source
    known: Known
    path: str
    mtime_ns: int
    size: int


class Recorder:
    """The hand that writes. One batch is open at a time, for one account."""

    def __init__(
        self, connection: sqlite3.Connection, progress: Callable[[int], None] | None = None, read: Read = os.pread
    ) -> None:
        self.counts = Counts()
        self._connection = connection
        self._progress = progress
        self._read = read
        self._batch: Batch | None = None
        self._advances: list[Advance] = []
        self._bytes = 0

    def record(self, jobs: Iterable[Job]) -> None:
        """Read every job's file to its end."""
        for job in jobs:
            try:
                descriptor, seen = open_file(job.known.raw_path)
            except Unreadable as error:
                self._unreadable(job, str(error))
                continue
            try:
                if job.source.is_whole(job.known.kind):
                    self._whole(job, descriptor, seen)
                else:
                    self._lines(job, Tail(descriptor, seen, job.known, self._read))
            except OSError as error:
                self._unreadable(job, error.strerror or str(error))
            finally:
                os.close(descriptor)
        self.flush()

    def flush(self) -> None:
        """Commit what is open."""
        batch, self._batch = self._batch, None
        if batch is not None:
            write(self._connection, batch, self._advances)
            self.counts.responses += len(batch.responses)
            if self._progress is not None:
                self._progress(self._bytes)
        self._advances = []
        self._bytes = 0

    # -- files of lines

    def _lines(self, job: Job, tail: Tail) -> None:
        known = job.known
        generation_id, carried = known.generation_id, known.carried
        if not tail.is_same():
            with transaction(self._connection):
                generation_id = add_generation(self._connection, known.source_id)
            tail.restart()
            carried = b""
        reader = job.source.lines(
            known.kind, job.path, generation_id, carried,
            lambda: past_records(self._connection, generation_id, REMEMBERED),
        )  # fmt: skip
        batch, told, trouble = self._open_batch(job, generation_id), Understood(), ""
        try:
            for stretch in tail.stretches():
                self._stretch(reader, stretch, batch, told)
                self._bytes += tail.cursor - stretch.byte_offset
                if self._bytes >= BATCH_BYTES:
                    self._advance(job, tail, generation_id, reader, told)
                    self.flush()
                    batch, told = self._open_batch(job, generation_id), Understood()
            if tail.rest:
                peek(reader, tail.rest, tail.cursor, batch)
        except OSError as error:  # what was read so far counts; the rest waits
            trouble = error.strerror or str(error)
        self._advance(job, tail, generation_id, reader, told, trouble)

    def _stretch(self, reader: Lines, stretch: Stretch, batch: Batch, told: Understood) -> None:
        understand(reader, stretch.lines, stretch.byte_offset, batch, told)
        line = stretch.oversize
        if line is not None:
            told.records.append(Record(stretch.byte_offset, line.length + 1, "rejected"))
            refused = reject(stretch.byte_offset, line.length + 1, f"longer than {LINE_CAP >> 20} MiB", b"")
            refused.digest, refused.excerpt = line.digest, line.excerpt
            told.rejects.append(refused)

    def _advance(
        self, job: Job, tail: Tail, generation_id: int, reader: Lines, told: Understood, trouble: str = ""
    ) -> None:
        state, reason = ("foreign", reader.foreign) if reader.foreign else ("read", None)
        if trouble:
            state, reason = "unreadable", trouble
        self._advances.append(
            Advance(
                job.known.source_id, generation_id, tail.seen, tail.cursor, tail.head, tail.tail, reader.carried(),
                told.records, told.rejects, state, reason, tail.open_line, reader.version, told.mended,
            )
        )  # fmt: skip
        self._count(told)

    # -- files that are read in one piece

    def _whole(self, job: Job, descriptor: int, seen: Seen) -> None:
        """The last complete version of a file that is rewritten at will; a torn one is left for the next look."""
        known = job.known
        if seen.size > WHOLE_CAP:
            self._unreadable(job, f"larger than {WHOLE_CAP >> 20} MiB", seen)
            return
        for _ in range(WHOLE_TRIES):
            content = self._read(descriptor, WHOLE_CAP + 1, 0)
            again = self._read(descriptor, WHOLE_CAP + 1, 0)
            after = seen_of(os.fstat(descriptor))
            # The clock of file times is coarser than a writer is fast: only a second look shows a torn first one.
            if content == again and after == seen and len(content) == seen.size:
                break
            seen = after
        else:
            self._unreadable(job, "changes while it is read", None)
            return
        generation_id = known.generation_id
        batch = self._open_batch(job, generation_id)
        try:
            job.source.whole(known.kind, job.path, content, batch)
        except ValueError as error:
            self._unreadable(job, str(error), seen)
            return
        told = Understood()
        told.records.append(Record(0, len(content), known.kind))
        self._bytes += len(content)
        self._advances.append(
            Advance(
                known.source_id, generation_id, seen, len(content), b"", b"", b"", told.records, told.rejects,
                is_whole=True,
            )
        )  # fmt: skip
        self._count(told)

    # -- the batch

    def _open_batch(self, job: Job, generation_id: int) -> Batch:
        batch = self._batch
        if batch is not None and (batch.account_id != job.known.account_id or self._bytes >= BATCH_BYTES):
            self.flush()
            batch = None
        if batch is None:
            batch = self._batch = Batch(job.source.agent, job.known.account_id)
        batch.paths[generation_id] = job.known.raw_path
        return batch

    def _unreadable(self, job: Job, reason: str, seen: Seen | None = None) -> None:
        with transaction(self._connection):
            set_state(self._connection, job.known.source_id, "unreadable", reason, seen)

    def _count(self, told: Understood) -> None:
        self.counts.records += len(told.records) - len(told.rejects)
        self.counts.rejected += len(told.rejects)
        self.counts.bytes += sum(record.length for record in told.records)
