"""Where a long answer goes: standard output, or a file that is there whole or not at all.

A query must not wait for whoever reads: it would hold its view of the database open, and with it the write-ahead log.
"""

import os
import stat
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from typing import BinaryIO

from viewers.trouble import UsageTrouble

CHUNK = 1 << 16
PRIVATE = 0o600

Write = Callable[[bytes], object]


class Behind:
    """Takes whatever is written at once, and hands it on as fast as it is read; the rest waits in a nameless file."""

    def __init__(self, descriptor: int) -> None:
        import tempfile

        self._to = descriptor
        self._waiting = tempfile.TemporaryFile(buffering=0)
        self._written = 0
        self._is_whole = False
        self._error: OSError | None = None
        self._more = Condition()
        self._thread = Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        self._waiting.seek(self._written)
        written = self._waiting.write(data)
        with self._more:
            if self._error is not None:
                raise self._error
            self._written += written
            self._more.notify()

    def close(self) -> None:
        """Wait until everything was read."""
        with self._more:
            self._is_whole = True
            self._more.notify()
        self._thread.join()
        self._waiting.close()
        if self._error is not None:
            raise self._error

    def _pass_on(self) -> None:
        at = 0
        try:
            while True:
                with self._more:
                    while at == self._written and not self._is_whole:
                        self._more.wait()
                    ready = self._written
                if at == ready:
                    return
                while at < ready:
                    at += os.write(self._to, os.pread(self._waiting.fileno(), min(CHUNK, ready - at), at))
        except OSError as error:
            with self._more:
                self._error = error


@contextmanager
def standard_output() -> Generator[Write, None, None]:
    """Write to it without ever waiting for its reader."""
    sys.stdout.flush()
    try:
        descriptor = sys.stdout.fileno()
    except OSError:  # a test looks at what is written
        yield lambda data: sys.stdout.write(data.decode())
        return
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    behind = Behind(descriptor)
    yield behind.write
    behind.close()


@contextmanager
def file(path: str) -> Generator[BinaryIO, None, None]:
    """A new file, private to its owner, which takes the place of an older one when all is written."""
    folder, name = os.path.split(os.path.abspath(path))
    if not name or os.path.isdir(path):
        raise UsageTrouble(f"{path} is a folder", hint="name the file to write")
    beside = os.path.join(folder, f".{name[:200]}.{os.getpid()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    except FileNotFoundError as error:
        raise UsageTrouble(f"there is no folder {folder}", hint="make it first") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
