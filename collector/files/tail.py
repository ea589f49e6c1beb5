"""The bytes of one file after its cursor, as whole lines. Opens to read only, follows no link, waits for nothing.

A line longer than the cap is never held in memory: its pieces are hashed into a chain as they pass, so that a reader
that comes back later goes on where the last one stopped.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from collector.files.frozen import SUFFIX, thaw
from store.sources import Known, Seen, seen_of

CHUNK = 1 << 20
LINE_CAP = 16 << 20
OVERSIZE_EXCERPT = 64 << 10
FINGERPRINT = 1024

Content = bytes | memoryview  # a line is mostly a view of the bytes that were read: copying it all takes a while
Read = Callable[[int, int, int], bytes]  # os.pread, or what a test puts in its place


class Unreadable(Exception):
    """The file cannot be read now; the text says why."""


class Oversize(NamedTuple):
    """A line above the cap: its length without the newline, the digest of its pieces' chain, its beginning."""

    length: int
    digest: bytes
    excerpt: bytes


class Stretch(NamedTuple):
    """Some whole lines, the first of which begins at the offset; or one line above the cap."""

    byte_offset: int
    lines: Sequence[Content]
    oversize: Oversize | None


def open_file(raw_path: bytes) -> tuple[int, Seen]:
    """A regular file, opened so that neither a FIFO nor a link can hold us up or lead us astray."""
    try:
        descriptor = os.open(raw_path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("not a regular file")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, seen_of(found)


def open_lines(raw_path: bytes) -> tuple[int, Seen, int]:
    """A file of lines, what a stat of it said, and how many bytes there are to read: of a compressed one, more."""
    descriptor, seen = open_file(raw_path)
    if not raw_path.endswith(SUFFIX):
        return descriptor, seen, seen.size
    try:
        plain, size = thaw(descriptor)
    finally:
        os.close(descriptor)
    return plain, seen, size


def is_same_file(known: Known, raw_path: bytes) -> bool | None:
    """Whether a path now leads to the file that was read under another name; None when that cannot be seen now."""
    try:
        descriptor, seen, size = open_lines(raw_path)
    except (Unreadable, OSError):
        return None
    try:
        return Tail(descriptor, seen, size, known).is_same()
    except OSError:
        return None
    finally:
        os.close(descriptor)


class Tail:
    """One opened file, from the cursor of its generation on."""

    def __init__(self, descriptor: int, seen: Seen, size: int, known: Known, read: Read = os.pread) -> None:
        self.descriptor, self.seen, self.size, self.known = descriptor, seen, size, known
        self.cursor = known.cursor
        self.rest = b""
        self.has_more = False
        """Whether there is more than what a limit lets through."""
        self._read = read
        self._head = self._tail = b""
        self._open = _OpenLine.load(known.open_line)

    def is_same(self) -> bool:
        """Whether the file still holds what was read of it: same file, same beginning, same bytes before the cursor."""
        known, cursor = self.known, self.cursor
        if not cursor and not known.open_line:
            return True  # nothing was read of it yet: whatever it holds now is its first bytes
        if (known.device_number, known.inode) != (self.seen.device_number, self.seen.inode):
            return False
        return cursor <= self.size and self.holds(known.head, known.tail)

    def holds(self, head: bytes, tail: bytes) -> bool:
        """Whether the bytes that the cursor rests on are the ones that were read."""
        size = min(FINGERPRINT, self.cursor)
        self._head = self._read(self.descriptor, size, 0)
        self._tail = self._read(self.descriptor, size, self.cursor - size)
        return fingerprint(self._head) == head and fingerprint(self._tail) == tail

    def restart(self) -> None:
        """Read from the start, as a new generation."""
        self.cursor, self._head, self._tail, self._open = 0, b"", b"", _OpenLine()

    def limit(self, most: int) -> None:
        """Read no more than so many bytes, of a file that can be opened again at no cost."""
        end = self.cursor + self._open.searched + most
        if end < self.size and not self.known.raw_path.endswith(SUFFIX):
            self.size, self.has_more = end, True

    @property
    def head(self) -> bytes:
        return fingerprint(self._head)

    @property
    def tail(self) -> bytes:
        return fingerprint(self._tail)

    @property
    def open_line(self) -> str | None:
        """How far a line above the cap was followed without its end; None when there is none."""
        return self._open.dump()

    def stretches(self) -> Iterator[Stretch]:
        """Whole lines up to the size that was seen. The cursor has passed them when the next ones are asked for."""
        place = self.cursor
        while True:
            if self._open.searched:
                found = self._follow()
                if found is None:
                    return
                yield found
                place = self.cursor
            data = self._read(self.descriptor, min(CHUNK, self.size - place), place)
            if not data:
                return
            place += len(data)
            end = data.rfind(b"\n") + 1
            if not end:
                self.rest += data
            else:
                lines = _cut(data, end)
                lines[0] = self.rest + lines[0]
                self.rest = data[end:]
                start = self.cursor
                self.cursor = place - len(self.rest)
                self._remember(lines)
                yield Stretch(start, lines, None)
            if len(self.rest) > LINE_CAP:
                self._begin_long(self.rest)
                self.rest = b""

    def _remember(self, lines: Sequence[Content]) -> None:
        """Keep the first and the last bytes that were consumed: they are what the next look compares."""
        if len(self._head) < FINGERPRINT:
            self._head = (self._head + b"\n".join(lines[:FINGERPRINT]) + b"\n")[:FINGERPRINT]
        last: list[Content] = [b""]
        size = 0
        for line in reversed(lines):
            last.append(line)
            size += len(line) + 1
            if size >= FINGERPRINT:
                break
        self._tail = (self._tail + b"\n".join(reversed(last)))[-FINGERPRINT:]

    # -- lines above the cap

    def _begin_long(self, start: bytes) -> None:
        whole = len(start) // CHUNK * CHUNK
        self._open = _OpenLine()
        for place in range(0, whole, CHUNK):
            self._open.add(start[place : place + CHUNK])

    def _follow(self) -> Stretch | None:
        """Go on along a line above the cap, piece by piece, until its newline or the end of the file."""
        start = self.cursor
        while True:
            place = start + self._open.searched
            piece = self._read(self.descriptor, min(CHUNK, self.size - place), place)
            end = piece.find(b"\n")
            if end >= 0:
                length = self._open.searched + end
                digest = self._open.close(piece[:end])
                return self._end_long(start, Oversize(length, digest, b""))
            if len(piece) < CHUNK:
                return None
            self._open.add(piece)

    def _end_long(self, start: int, line: Oversize) -> Stretch:
        excerpt = self._read(self.descriptor, OVERSIZE_EXCERPT, start)
        size = min(FINGERPRINT, line.length)
        ending = self._read(self.descriptor, size, start + line.length - size) + b"\n"
        self._head = (self._head + excerpt[:FINGERPRINT])[:FINGERPRINT]
        self._tail = (self._tail + ending)[-FINGERPRINT:]
        self.cursor = start + line.length + 1
        self._open = _OpenLine()
        return Stretch(start, [], line._replace(excerpt=excerpt))


def _cut(data: bytes, end: int) -> list[Content]:
    """The lines of the bytes before an end, which is one of a line."""
    lines: list[Content] = []
    view, find, start = memoryview(data), data.find, 0
    while start < end:
        newline = find(b"\n", start)
        lines.append(view[start:newline])
        start = newline + 1
    return lines


class _OpenLine:
    """How far a line was searched for its end, in whole pieces, and the chain of their digests."""

    def __init__(self, searched: int = 0, digest: bytes = b"") -> None:
        self.searched, self._digest = searched, digest

    @staticmethod
    def load(text: str | None) -> "_OpenLine":
        if not text:
            return _OpenLine()
        searched, _, digest = text.partition(" ")
        return _OpenLine(int(searched), bytes.fromhex(digest))

    def dump(self) -> str | None:
        return f"{self.searched} {self._digest.hex()}" if self.searched else None

    def add(self, piece: bytes) -> None:
        self._digest = self.close(piece)
        self.searched += len(piece)

    def close(self, piece: bytes) -> bytes:
        return hashlib.blake2b(self._digest + piece, digest_size=16).digest()


def fingerprint(content: bytes) -> bytes:
    """A digest short enough to keep for every file."""
    return hashlib.blake2b(content, digest_size=16).digest() if content else b""
