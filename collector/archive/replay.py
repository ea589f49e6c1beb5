"""The lines of a generation once more: of the file, where it still is the one that was read, or of the archive."""

import os
import sqlite3
from collections.abc import Iterator

from collector.files.frozen import SUFFIX, thaw
from collector.files.tail import CHUNK, Tail, Unreadable, open_lines
from store import kept
from store.blocks import Damaged
from store.kept import FROZEN
from store.sources import Known


class Missing(Exception):
    """Neither the file nor the archive has all of it."""


def content(
    known: Known, archive: sqlite3.Connection | None, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes up to the cursor, or some of them, in pieces. What is Missing is told before the first of them."""
    stop = known.cursor if stop is None else min(stop, known.cursor)
    if known.kind != "database":
        descriptor = _live(known)
        if descriptor is not None:
            return _file(descriptor, start, stop)
    one = kept.find(archive, known.generation_id) if archive is not None else None
    if archive is None or one is None or one.covers < known.cursor or one.is_dropped:
        raise Missing(known.raw_path.decode("utf-8", "backslashreplace"))
    if one.form != FROZEN:
        return _kept(archive, one, start, stop)
    return _file(thawed(archive, one), start, stop)


def lines(pieces: Iterator[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Whole lines, and where the first of them begins; what stands after the last newline is left out."""
    place, rest = 0, b""
    for piece in pieces:
        head, newline, tail = piece.rpartition(b"\n")
        if not newline:
            rest += piece
            continue
        found = (rest + head).split(b"\n")
        yield place, found
        place += len(rest) + len(head) + 1
        rest = tail


def _live(known: Known) -> int | None:
    try:
        descriptor, seen, size = open_lines(known.raw_path)
    except (Unreadable, OSError):
        return None
    try:
        if Tail(descriptor, seen, size, known).is_same() and size >= known.cursor:
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _file(descriptor: int, start: int, stop: int) -> Iterator[bytes]:
    try:
        for place in range(start, stop, CHUNK):
            piece = os.pread(descriptor, min(CHUNK, stop - place), place)
            if len(piece) < min(CHUNK, stop - place):
                raise Missing("it became shorter while it was read")
            yield piece
    finally:
        os.close(descriptor)


def _kept(archive: sqlite3.Connection, one: kept.Kept, start: int, stop: int) -> Iterator[bytes]:
    left = stop - start
    try:
        for piece in kept.content(archive, one, start):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return
    except Damaged as error:
        raise Missing(f"{os.fsdecode(one.raw_path)}: {error}") from error


def thawed(archive: sqlite3.Connection, one: kept.Kept) -> int:
    """The plain bytes of a file that was compressed, as a file without a name."""
    import tempfile

    assert one.raw_path.endswith(SUFFIX)
    with tempfile.TemporaryFile() as packed:
        try:
            for piece in kept.content(archive, one):
                packed.write(piece)
        except Damaged as error:
            raise Missing(f"{os.fsdecode(one.raw_path)}: {error}") from error
        packed.flush()
        return thaw(packed.fileno())[0]
