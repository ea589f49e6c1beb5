"""Files that an agent compressed: their lines are read from a copy that no name leads to, gone when it is closed."""

import os
import tempfile
from collections.abc import Iterator

SUFFIX = b".zst"
MOST = 8 << 30  # bytes: what a file may hold
MOST_TIMES, ALWAYS = 1000, 64 << 20  # lines of text hardly shrink to so small a part; less than that many bytes may
CHUNK = 128 << 10
SIP = 1 << 10  # of those at a time, for each byte may become 32 KiB


def thaw(descriptor: int) -> tuple[int, int]:
    """A descriptor of the plain bytes, and how many they are. What is no whole file of its kind is an OSError."""
    import zstandard  # most machines have none of these files

    size, most = 0, min(MOST, max(ALWAYS, MOST_TIMES * os.fstat(descriptor).st_size))
    with tempfile.TemporaryFile() as plain:
        frame = None
        for piece in _sips(descriptor):
            while piece:
                frame = zstandard.ZstdDecompressor().decompressobj() if frame is None or frame.eof else frame
                try:
                    size += plain.write(frame.decompress(piece))
                except zstandard.ZstdError as error:
                    raise OSError(None, "cannot be decompressed: damaged") from error
                if size > most:
                    raise OSError(None, f"holds more than {most >> 20} MiB, which is too much for its size")
                piece = frame.unused_data if frame.eof else b""
        if frame is None or not frame.eof:
            raise OSError(None, "cannot be decompressed: not yet whole")
        plain.flush()
        return os.dup(plain.fileno()), size


def _sips(descriptor: int) -> Iterator[bytes]:
    place = 0
    while chunk := os.pread(descriptor, CHUNK, place):
        place += len(chunk)
        for start in range(0, len(chunk), SIP):
            yield chunk[start : start + SIP]


def pack_lines(lines: list[bytes]) -> bytes:
    """Whole lines, compressed a little: they do not stay where they are written first."""
    import zstandard

    return zstandard.ZstdCompressor(level=1).compress(b"\n".join(lines) + b"\n")
