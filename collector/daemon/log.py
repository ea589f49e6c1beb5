"""The daemon's log: what it did and what went wrong, in its own words. No line of a transcript ever stands in it."""

import os
from contextlib import suppress
from datetime import UTC, datetime

NAME = "fleetmeter.log"
MOST_BYTES = 1 << 20
KEPT = 3  # older files beside the one that is written


class Log:
    """A file that only its owner can read; when it is full, it becomes `.1`, and so on."""

    def __init__(self, home: str) -> None:
        self._path = os.path.join(home, NAME)

    def write(self, words: str) -> None:
        """One line. A log that cannot be written stops nobody."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        clean = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o600)
            try:
                os.fchmod(descriptor, 0o600)
                os.write(descriptor, f"{at} {clean}\n".encode("utf-8", "backslashreplace"))
                is_full = os.fstat(descriptor).st_size >= MOST_BYTES
            finally:
                os.close(descriptor)
            if is_full:
                self._rotate()

    def _rotate(self) -> None:
        for number in range(KEPT, 0, -1):
            older = f"{self._path}.{number - 1}" if number > 1 else self._path
            with suppress(FileNotFoundError):
                os.replace(older, f"{self._path}.{number}")


def told(error: BaseException) -> str:
    """An error as the log may hold it: whose words could quote a transcript, only its kind and place are said."""
    import sqlite3

    from store.errors import FleetmeterError

    if isinstance(error, FleetmeterError | sqlite3.Error):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error.strerror or ''}"
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f" in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
