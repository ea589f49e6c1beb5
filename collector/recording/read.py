"""Read files with news into portions of what they say. No SQL: this half may run in a process of its own."""

import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from msgspec import MsgspecError, Struct
from msgspec.structs import astuple

from collector.files.tail import LINE_CAP, Read, Stretch, Tail, Unreadable, open_lines
from collector.lines.understand import Understood, peek, reject, understand
from collector.sources import DATABASE, Lines, Past, RowSource, Source, all_sources, no_past
from store.advance import Advance, Trouble
from store.batch import Batch
from store.facts import Record
from store.sources import Known, Seen, seen_of
from store.write import Portion

if TYPE_CHECKING:
    from collector.files.rows import Rows

PORTION_BYTES = 8 << 20  # of source: what is held in memory at a time
WHOLE_CAP = 4 << 20
WHOLE_TRIES = 3
MOST_KEPT, LINES_KEPT = 256, 300
TICK_NS = 20_000_000  # the coarsest clock of file times that is known


class Job(Struct):
    """A file that has news, and what is known of it."""

    agent: str
    known: Known
    path: str
    mtime_ns: int
    size: int

    @property
    def is_fresh(self) -> bool:
        """Whether nothing of it was read yet."""
        return not self.known.cursor and not self.known.open_line


_NOWHERE = Seen(0, 0, 0, 0, 0)


class Stopped(Struct, gc=False):
    """A reader that stopped at a cursor, with what it carried then and how many lines it remembers."""

    cursor: int
    carried: bytes
    reader: Lines
    lines: int


# By generation: whoever goes on there need not ask the database for what was said in the file before.
Kept = dict[int, Stopped]


def nothing_known(_generation_id: int) -> Past:
    return no_past


class Reading:
    """Files in, portions out. What needs the database is asked of the two callables."""

    def __init__(
        self,
        emit: Callable[[Portion], object],
        past: Callable[[int], Past] = nothing_known,
        begin_anew: Callable[[Known], int] | None = None,
        read: Read = os.pread,
        most: int = 0,
        kept: "Kept | None" = None,
    ) -> None:
        self._emit, self._past, self._begin_anew, self._read = emit, past, begin_anew, read
        self._most, self._kept = most, kept
        self.cut: set[int] = set()
        """The files of which more is left: no more than so many bytes were to be read of each."""
        self._sources = _by_agent()
        self._batch: Batch | None = None
        self._advances: list[Advance] = []
        self._troubles: list[Trouble] = []
        self._bytes = 0

    def run(self, jobs: Iterable[Job]) -> None:
        """Read every job's file to its end."""
        for job in jobs:
            batch = self._open_batch(job)
            try:
                descriptor, seen, size = open_lines(job.known.raw_path)
            except (Unreadable, OSError) as error:
                self._trouble(job, getattr(error, "strerror", None) or str(error))
                continue
            try:
                if self._sources[job.agent].is_whole(job.known.kind):
                    self._whole(job, descriptor, seen, batch)
                elif job.known.kind == DATABASE:
                    self._lines(job, self._database(job))
                else:
                    self._lines(job, Tail(descriptor, seen, size, job.known, self._read))
            except OSError as error:
                self._trouble(job, error.strerror or str(error))
            finally:
                os.close(descriptor)
        self._flush()

    def again(self, job: Job, told: "Tail | bytes") -> None:
        """What was read before, once more, wherever it comes from now: lines, or all of a file."""
        if isinstance(told, bytes):
            self._take(job, told, _NOWHERE, self._open_batch(job))
        else:
            self._lines(job, told)

    def flush(self) -> None:
        """Emit what was read so far."""
        self._flush()

    # -- files of lines

    def _lines(self, job: Job, tail: "Tail | Rows") -> None:
        generation_id = job.known.generation_id
        reader, remembered = self._reader(job, generation_id, job.known.carried) if tail.is_same() else (None, 0)
        if reader is None:
            if self._begin_anew is None:
                return  # it was fresh when it was found, and is something else by now: the next look reads it
            self._flush()
            generation_id = self._begin_anew(job.known)
            tail.restart()
            reader = self._sources[job.agent].lines(
                job.known.kind, job.path, generation_id, b"", self._past(generation_id)
            )
        batch, told, trouble = self._open_batch(job, generation_id), Understood(generation_id), ""
        start = tail.cursor
        if self._most:
            tail.limit(self._most)
        try:
            for stretch in tail.stretches():
                remembered += len(stretch.lines)
                self._stretch(reader, stretch, batch, told)
                self._bytes += tail.cursor - stretch.byte_offset
                if self._most and tail.cursor - start >= self._most:
                    tail.has_more = True
                    break
                if self._bytes >= PORTION_BYTES:
                    self._advance(job, tail, reader, told, has_more=True)
                    self._flush()
                    batch, told = self._open_batch(job, generation_id), Understood(generation_id)
            if tail.rest and not tail.has_more:
                peek(reader, tail.rest, tail.cursor, batch)
        except OSError as error:  # what was read so far counts; the rest waits
            trouble = error.strerror or str(error)
        if tail.has_more:
            self.cut.add(job.known.source_id)
        is_light = remembered <= LINES_KEPT  # what many remember must not grow with their files
        if self._kept is not None and is_light and not trouble and not tail.rest and isinstance(tail, Tail):
            self._kept[generation_id] = Stopped(tail.cursor, reader.carried(), reader, remembered)
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        self._advance(job, tail, reader, told, trouble, has_more=tail.has_more)

    def _reader(self, job: Job, generation_id: int, carried: bytes) -> tuple[Lines | None, int]:
        """The reader that goes on, and how many lines it remembers; None where another version left what this one
        cannot carry on."""
        kept = self._kept.pop(generation_id, None) if self._kept is not None else None
        if kept is not None and (kept.cursor, kept.carried) == (job.known.cursor, carried):
            return kept.reader, kept.lines
        source, past = self._sources[job.agent], self._past(generation_id)
        try:
            return source.lines(job.known.kind, job.path, generation_id, carried, past), 0
        except MsgspecError:
            return None, 0

    def _stretch(self, reader: Lines, stretch: Stretch, batch: Batch, told: Understood) -> None:
        understand(reader, stretch.lines, stretch.byte_offset, batch, told)
        line = stretch.oversize
        if line is not None:
            length = line.length + 1
            told.records.append(Record(told.generation_id, stretch.byte_offset, length, "rejected"))
            refused = reject(told.generation_id, stretch.byte_offset, length, f"longer than {LINE_CAP >> 20} MiB", b"")
            refused.digest, refused.excerpt = line.digest, line.excerpt
            told.rejects.append(refused)

    def _advance(
        self, job: Job, tail: "Tail | Rows", reader: Lines, told: Understood, trouble: str = "", *, has_more: bool
    ) -> None:
        state, reason = ("foreign", reader.foreign) if reader.foreign else ("read", None)
        if trouble:
            state, reason = "unreadable", trouble
        # Of what is read in part, a later look must see that there is news, whoever is killed before.
        seen = tail.seen._replace(ctime_ns=0) if has_more else _calm(tail.seen)
        made: list[tuple[int, int, bytes]] = []
        if not isinstance(tail, Tail):
            made, tail.made = tail.made, []
        self._advances.append(
            Advance(
                job.known.source_id, told.generation_id, seen, tail.cursor, tail.head, tail.tail,
                reader.carried(), [astuple(record) for record in told.records],
                [astuple(refused) for refused in told.rejects], state, reason, tail.open_line, reader.version,
                max((record.at for record in told.records if record.at is not None), default=None), told.mended,
                made=made, made_by=self._sources[job.agent].version,
            )
        )  # fmt: skip

    def _database(self, job: Job) -> "Rows":
        """A file of which rows are read: they come as whole lines too."""
        from collector.files.rows import Rows  # few agents have one

        source = self._sources[job.agent]
        assert isinstance(source, RowSource)  # its kind says so
        return Rows(source, job.known, self._past(job.known.generation_id))

    # -- files that are read in one piece

    def _whole(self, job: Job, descriptor: int, seen: Seen, batch: Batch) -> None:
        """The last complete version of a file that is rewritten at will; a torn one is left for the next look."""
        if seen.size > WHOLE_CAP:
            self._trouble(job, f"larger than {WHOLE_CAP >> 20} MiB", seen)
            return
        for _ in range(WHOLE_TRIES):
            content = self._read(descriptor, WHOLE_CAP + 1, 0)
            if _calm(seen) != seen:
                time.sleep(TICK_NS / 1e9)  # its writer may be halfway, and merely waiting for its turn
            again = self._read(descriptor, WHOLE_CAP + 1, 0)
            after = seen_of(os.fstat(descriptor))
            # The clock of file times is coarser than a writer is fast: only a second look shows a torn first one.
            if content == again and after == seen and len(content) == seen.size:
                break
            seen = after
        else:
            self._trouble(job, "changes while it is read")
            return
        self._take(job, content, seen, batch)

    def _take(self, job: Job, content: bytes, seen: Seen, batch: Batch) -> None:
        known = job.known
        try:
            self._sources[job.agent].whole(known.kind, job.path, content, batch)
        except ValueError as error:
            self._trouble(job, str(error), seen)
            return
        self._bytes += len(content)
        record = Record(known.generation_id, 0, len(content), known.kind)
        self._advances.append(
            Advance(
                known.source_id, known.generation_id, _calm(seen), len(content), b"", b"", b"", [astuple(record)], [],
                is_whole=True, made_by=self._sources[job.agent].version,
            )
        )  # fmt: skip

    # -- the portion

    def _open_batch(self, job: Job, generation_id: int | None = None) -> Batch:
        batch = self._batch
        if batch is not None and (batch.account_id != job.known.account_id or self._bytes >= PORTION_BYTES):
            self._flush()
            batch = None
        if batch is None:
            batch = self._batch = Batch(job.agent, job.known.account_id)
        batch.paths[generation_id or job.known.generation_id] = job.known.raw_path
        return batch

    def _trouble(self, job: Job, reason: str, seen: Seen | None = None) -> None:
        self._troubles.append(Trouble(job.known.source_id, reason, seen))

    def _flush(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None and (self._advances or self._troubles):
            self._emit(Portion(batch.rows(), self._advances, self._troubles, self._bytes))
        self._advances, self._troubles, self._bytes = [], [], 0


@cache
def _by_agent() -> dict[str, Source]:
    """Looked for once: a collector reads a line a moment after it was written."""
    return {source.agent: source for source in all_sources()}


def _calm(seen: Seen) -> Seen:
    """A file changed just now may change again within one tick of its clock: then it is looked at once more."""
    return seen if time.time_ns() - seen.ctime_ns > TICK_NS else seen._replace(ctime_ns=0)
