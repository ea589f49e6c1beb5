"""Copies what is recorded into the archive: one file at a time, a few blocks in each transaction, or some small files.

It reads the agent's file again, up to the cursor that the database has, after the same check of identity as any
reading. So it needs nothing of the hand that records, and what is kept is always a prefix of what is recorded.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import zstandard

from collector.files.frozen import SUFFIX
from collector.files.tail import LINE_CAP, Tail, Unreadable, open_file
from collector.sources import DATABASE
from store import blocks, kept
from store.advance import known_now
from store.archive_pending import Lacking
from store.blocks import BLOCK
from store.kept import FROZEN, LINES, ROWS, WHOLE, Kept, Owner
from store.sources import Known, Seen, seen_of

AT_ONCE = 8  # blocks in a transaction
BESIDE_CAP = 64 << 20
# A transaction of its own for each of 10,000 small files would write forty times what they hold.
TOGETHER_BYTES, TOGETHER_S = 1 << 20, 0.05

Turn = Callable[[int], bool]
"""Called after so many bytes; false: stop here."""


class Stop(Exception):
    """Somebody wants the work to end; what is written stays."""


class Keeper:
    """The hand that writes the archive. The connection is the archive's, with the store beside it."""

    def __init__(self, connection: sqlite3.Connection, is_whole: Callable[[str, str], bool], turn: Turn) -> None:
        self._connection, self._is_whole, self._turn = connection, is_whole, turn
        self._size, self._since = 0, 0.0

    def keep(self, item: Lacking) -> bool:
        """Bring one generation up to what is recorded; false where its file does not hold that now."""
        if item.cursor - item.covers > TOGETHER_BYTES:
            self._commit()
        before = kept.find(self._connection, item.generation_id)
        if before is not None and (before.covers > item.cursor or before.source_id != item.source_id):
            self._orphan(before)  # the database is older than the archive: a backup was put back
            before = None
        owner = Owner(*item[:7])
        if item.kind == DATABASE:
            return self._rows(owner, before)
        known = known_now(self._connection, [item.source_id])[0]
        try:
            descriptor, seen = open_file(item.raw_path)
        except Unreadable:
            return False
        try:
            if item.raw_path.endswith(SUFFIX) or self._is_whole(item.agent, item.kind):
                form = FROZEN if item.raw_path.endswith(SUFFIX) else WHOLE
                is_same = seen[:4] == (known.device_number, known.inode, known.size, known.mtime_ns)
                return is_same and self._whole(owner, before, form, item.cursor, descriptor, seen)
            return self._lines(owner, before, known, descriptor, seen)
        except OSError:
            return False
        finally:
            os.close(descriptor)

    def keep_beside(self, transcript: Lacking, raw_path: bytes) -> None:
        """The last version of a file that no source reads, and that goes with a transcript."""
        before = kept.find_beside(self._connection, raw_path)
        try:
            descriptor, seen = open_file(raw_path)
        except Unreadable:
            return
        try:
            if seen.size > BESIDE_CAP or (
                before is not None and (before.is_dropped or (before.length, before.mtime_ns) == seen[2:4])
            ):
                return
            owner = Owner(None, transcript.source_id, 0, transcript.agent, transcript.root, raw_path, "beside")
            self._whole(owner, before, WHOLE, seen.size, descriptor, seen)
        except OSError:
            return
        finally:
            os.close(descriptor)

    # -- files that grow

    def _lines(self, owner: Owner, before: Kept | None, known: Known, descriptor: int, seen: Seen) -> bool:
        tail = Tail(descriptor, seen, seen.size, known)
        if known.generation_id != owner.generation_id or not tail.is_same():
            return False  # the next look at it begins a generation
        # What stands after the last newline is kept as well: it may never get one, and belongs to the file.
        stop = seen.size if seen.size - known.cursor <= LINE_CAP else known.cursor
        start = before.covers if before is not None else 0
        if before is not None and start and not self._goes_on(before, descriptor):
            self._orphan(before)
            before, start = None, 0
        file_id = before.file_id if before is not None else None
        for run, end in _runs(descriptor, start - start % BLOCK, stop):
            if not tail.is_same():  # it was rewritten while it was read
                return False
            with self._together():
                file_id = file_id or kept.new_file(self._connection, owner, LINES)
                for block in run:
                    blocks.add(self._connection, file_id, block)
                mode, mtime = _mode(descriptor), seen.mtime_ns
                blocks.clear(self._connection, file_id, end)
                kept.seal(self._connection, file_id, end, min(end, known.cursor), owner.raw_path, mode, mtime)
            self._pass(end - start)
            start = end
        return start >= stop

    def _goes_on(self, before: Kept, descriptor: int) -> bool:
        """Whether the last block that is kept still stands in the file."""
        place = (before.covers - 1) // BLOCK * BLOCK
        try:
            for first_byte, plain in blocks.read(self._connection, before.file_id, place):
                if first_byte == place:
                    plain = plain[: before.covers - place]
                    return os.pread(descriptor, len(plain), place) == plain
        except blocks.Damaged:
            return False
        return False

    # -- files that are replaced

    def _whole(
        self, owner: Owner, before: Kept | None, form: str, covers: int, descriptor: int, seen: Seen
    ) -> bool:  # fmt: skip
        packed = [block for run, _ in _runs(descriptor, 0, seen.size) for block in run]
        if seen_of(os.fstat(descriptor)) != seen:
            return False
        with self._together():
            file_id = before.file_id if before is not None else kept.new_file(self._connection, owner, form)
            for block in packed:
                blocks.add(self._connection, file_id, block)
            blocks.clear(self._connection, file_id, seen.size)
            mode = _mode(descriptor)
            kept.seal(self._connection, file_id, seen.size, covers, owner.raw_path, mode, seen.mtime_ns)
        self._pass(seen.size)
        return True

    # -- rows of a database, which wait in ours

    def _rows(self, owner: Owner, before: Kept | None) -> bool:
        query = """
            select byte_offset, length, packed from store.row_line where generation_id = ? and byte_offset >= ?
            order by byte_offset limit 1
        """
        file_id = before.file_id if before is not None else None
        place = before.length if before is not None else 0
        while (row := self._connection.execute(query, (owner.generation_id, place)).fetchone()) is not None:
            byte_offset, length, packed = row
            if byte_offset != place:
                return False  # some were thrown away: archiving was off
            plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=length)
            first, start = place - place % BLOCK, place
            if first < place and file_id is not None:
                plain = next(blocks.read(self._connection, file_id, first))[1] + plain
            with self._together():
                file_id = file_id or kept.new_file(self._connection, owner, ROWS)
                for at in range(0, len(plain), BLOCK):
                    blocks.add(self._connection, file_id, blocks.pack(first + at, plain[at : at + BLOCK]))
                place = first + len(plain)
                kept.seal(self._connection, file_id, place, place, owner.raw_path, None, None)
            self._pass(place - start)
        return True

    def _orphan(self, before: Kept) -> None:
        with self._together():
            kept.orphan(self._connection, before.file_id)

    # -- transactions

    @contextmanager
    def _together(self) -> Generator[None, None, None]:
        """Inside the transaction that is open, or a new one."""
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")
            self._since = time.monotonic()
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            raise

    def _pass(self, size: int) -> None:
        self._size += size
        if self._size >= TOGETHER_BYTES or time.monotonic() - self._since >= TOGETHER_S:
            self.finish()

    def finish(self) -> None:
        """Commit what is written, and let others have their turn."""
        self._commit()
        size, self._size = self._size, 0
        if size and not self._turn(size):
            raise Stop

    def _commit(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("commit")


def _runs(descriptor: int, start: int, stop: int) -> Iterator[tuple[list[blocks.Packed], int]]:
    """The blocks between two places, some at a time, and where they end each time. A shorter file is an error."""
    run: list[blocks.Packed] = []
    for place in range(start, stop, BLOCK):
        plain = os.pread(descriptor, min(BLOCK, stop - place), place)
        if len(plain) < min(BLOCK, stop - place):
            raise OSError(None, "it became shorter while it was read")
        run.append(blocks.pack(place, plain))
        if len(run) == AT_ONCE:
            yield run, place + len(plain)
            run = []
    if run:
        yield run, stop


def _mode(descriptor: int) -> int:
    return os.fstat(descriptor).st_mode & 0o777
