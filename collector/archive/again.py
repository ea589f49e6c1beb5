"""What a generation was read from, to be read once more: its file where that is the same, the archive, or, of an
agent's database, the lines that were made of its rows."""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import zstandard

from collector.archive.replay import Missing, thawed
from collector.files.frozen import SUFFIX
from collector.files.tail import LINE_CAP, Tail, Unreadable, open_file, open_lines
from collector.recording.read import WHOLE_CAP
from collector.sources import DATABASE
from store import kept
from store.blocks import Damaged
from store.families import Part
from store.kept import FROZEN, Kept
from store.sources import Known, Seen

ROW_LINES = """
select byte_offset, length, packed from row_line where generation_id = ? and byte_offset + length > ? order by 1
"""
NOT_SEEN = Seen(0, 0, 0, 0, 0)


@contextmanager
def told(
    part: Part, store: sqlite3.Connection, archive: sqlite3.Connection | None, *, is_whole: bool
) -> Generator[Tail | bytes, None, None]:
    """Its lines from the first to the cursor, and what stood after it; or all of a file that is read in one piece."""
    known = part.known
    descriptor = None if part.is_superseded or known.kind == DATABASE else _live(known, is_whole)
    if descriptor is None and known.kind != DATABASE:
        one = _kept(part, archive)
        if one.form == FROZEN and archive is not None:
            descriptor = thawed(archive, one)
    if descriptor is None:
        yield _stored(part, store, archive, is_whole)
        return
    try:
        if is_whole:
            yield os.pread(descriptor, WHOLE_CAP + 1, 0)
        else:
            size = _end(known, os.fstat(descriptor).st_size, lambda start, most: os.pread(descriptor, most, start))
            yield Tail(descriptor, NOT_SEEN, size, begun(known))
    finally:
        os.close(descriptor)


def is_there(part: Part, archive: sqlite3.Connection | None, *, is_whole: bool) -> bool:
    """Whether all of it can be had, as far as can be seen without reading it."""
    known = part.known
    if known.kind == DATABASE:
        return True  # told by reading
    if not part.is_superseded and (descriptor := _live(known, is_whole)) is not None:
        os.close(descriptor)
        return True
    try:
        _kept(part, archive)
    except Missing:
        return False
    return True


def begun(known: Known) -> Known:
    """The same, with nothing read."""
    return known._replace(cursor=0, head=b"", tail=b"", open_line=None, carried=b"")


def _live(known: Known, is_whole: bool) -> int | None:
    """The file, where it still is the one that was read."""
    try:
        if is_whole:
            descriptor, seen = open_file(known.raw_path)
            size = seen.size
        else:
            descriptor, seen, size = open_lines(known.raw_path)
    except (Unreadable, OSError):
        return None
    identity = (known.device_number, known.inode)
    try:
        if is_whole:
            is_same = (*identity, known.cursor, known.mtime_ns) == seen[:4]
        else:
            is_same = identity == seen[:2] and Tail(descriptor, seen, size, known).is_same()
    except OSError:
        is_same = False
    if is_same:
        return descriptor
    os.close(descriptor)
    return None


def _kept(part: Part, archive: sqlite3.Connection | None) -> Kept:
    """What the archive holds of it, if that is all."""
    known = part.known
    one = kept.find(archive, known.generation_id) if archive is not None else None
    has_rest = not part.is_superseded and not known.raw_path.endswith(SUFFIX) and known.size - known.cursor <= LINE_CAP
    if one is None or one.is_dropped or one.covers < known.cursor or (has_rest and one.length < known.size):
        raise Missing(known.raw_path.decode("utf-8", "backslashreplace"))
    return one


def _stored(part: Part, store: sqlite3.Connection, archive: sqlite3.Connection | None, is_whole: bool) -> Tail | bytes:
    known = part.known
    if known.kind == DATABASE:
        one = kept.find(archive, known.generation_id) if archive is not None else None
        if one is not None and one.is_dropped:
            one = None
        pieces = _Pieces(lambda place: _rows(known, store, archive, one, place))
        return Tail(-1, NOT_SEEN, known.cursor, begun(known), pieces.read)
    assert archive is not None  # else it is Missing
    one = _kept(part, archive)
    pieces = _Pieces(lambda place: kept.content(archive, one, place))
    if is_whole:
        return pieces.read(-1, one.length, 0)
    length = _end(known, one.length, lambda start, most: pieces.read(-1, most, start))
    return Tail(-1, NOT_SEEN, length, begun(known), pieces.read)


def _end(known: Known, size: int, read: Callable[[int, int], bytes]) -> int:
    """The cursor, or the end of a last line that never got its newline: it told what it told without it."""
    more = size - known.cursor
    if not 0 < more <= LINE_CAP or b"\n" in read(known.cursor, more):
        return known.cursor
    return size


class _Pieces:
    """Bytes that come in pieces, read as of a file; in their order that costs nothing more."""

    def __init__(self, start: Callable[[int], Iterator[bytes]]) -> None:
        self._start, self._place, self._rest = start, -1, b""
        self._coming: Iterator[bytes] = iter(())

    def read(self, _descriptor: int, size: int, place: int) -> bytes:
        if place != self._place:
            self._coming, self._place, self._rest = self._start(place), place, b""
        found = [self._rest]
        have = len(self._rest)
        try:
            while have < size and (piece := next(self._coming, None)) is not None:
                found.append(piece)
                have += len(piece)
        except Damaged as error:
            raise Missing(str(error)) from error
        content = b"".join(found)
        self._rest = content[size:]
        self._place += min(size, len(content))
        return content[:size]


def _rows(
    known: Known, store: sqlite3.Connection, archive: sqlite3.Connection | None, one: Kept | None, place: int
) -> Iterator[bytes]:
    """Lines that were made of rows: those that are archived, then those that wait for it."""
    if archive is not None and one is not None and place < one.length:
        yield from kept.content(archive, one, place)
        place = one.length
    for start, length, packed in store.execute(ROW_LINES, (known.generation_id, place)).fetchall():
        if start > place:
            break
        yield zstandard.ZstdDecompressor().decompress(packed, max_output_size=length)[place - start :]
        place = start + length
