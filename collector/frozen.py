"""Files that an agent compressed: their lines are read from a copy that no name leads to, gone when it is closed."""

import os
import tempfile

SUFFIX = b".zst"
MOST = 8 << 30  # bytes: what a small file may claim to hold
CHUNK = 128 << 10


def thaw(descriptor: int) -> tuple[int, int]:
    """A descriptor of the plain bytes, and how many they are. What is no whole file of its kind is an OSError."""
    import zstandard  # most machines have none of these files

    size = place = 0
    with tempfile.TemporaryFile() as plain:
        frame = None
        while piece := os.pread(descriptor, CHUNK, place):
            place += len(piece)
            while piece:
                frame = zstandard.ZstdDecompressor().decompressobj() if frame is None or frame.eof else frame
                try:
                    size += plain.write(frame.decompress(piece))
                except zstandard.ZstdError as error:
                    raise OSError(None, "cannot be decompressed: damaged") from error
                if size > MOST:
                    raise OSError(None, f"holds more than {MOST >> 30} GiB")
                piece = frame.unused_data if frame.eof else b""
        if frame is None or not frame.eof:
            raise OSError(None, "cannot be decompressed: not yet whole")
        plain.flush()
        return os.dup(plain.fileno()), size
