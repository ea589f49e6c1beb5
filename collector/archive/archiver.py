"""The archive of a collector that runs: a process of its own, begun when there is something to keep, gone when not.

A process, for a thread would take turns with the hand that records. It is as low in rank as can be, works half of the
time at most, rests while lines come in, and ends with its parent.
"""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from store import archive_pending
from store.config import Archiving
from store.errors import FleetmeterError

START = "import sys; sys.path[:] = sys.argv[1:]; from collector.archive.archive_child import serve; serve()"
QUIET_S = 10.0
LONGEST_S = 60.0
SOON_BYTES = 32 << 20
FAILED_S = 300.0
END_S = 0.5
NICE = 19
TROUBLES = (FleetmeterError, sqlite3.Error, OSError)


class Archiver:
    """What waits to be archived, and the process that does it."""

    def __init__(self, home: str, config: Archiving) -> None:
        self.home, self.config = home, config
        now = time.monotonic()
        self._bytes, self._since, self._last = 0, now, now
        self._is_due = True  # whatever an earlier collector left
        self._process: subprocess.Popen[bytes] | None = None
        self.trouble: str | None = None

    def wrote(self, size: int) -> None:
        """So much was recorded just now."""
        now = time.monotonic()
        if not self._is_due:
            self._is_due, self._since = True, now
        self._bytes, self._last = self._bytes + size, now
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, ValueError):
                os.write(self._process.stdin.fileno(), b"p")  # it pauses

    def tend(self, *, is_importing: bool) -> None:
        """Begin the work when it is due, and see how it ended."""
        now = time.monotonic()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._end(code)
        if not self._is_due or is_importing or not self.config.is_on:
            return
        if now - self._last >= QUIET_S or now - self._since >= LONGEST_S or self._bytes >= SOON_BYTES:
            self._is_due, self._bytes = False, 0
            try:
                if archive_pending.backlog(self.home).files:
                    self._start()
            except TROUBLES as error:  # an archive that is damaged must never stop the recording
                self._again(str(error))

    def keeps(self, generation_ids: set[int]) -> set[int]:
        """Which of them need their files no more: all is archived, or nothing is to be."""
        if not self.config.is_on:
            return generation_ids
        try:
            return archive_pending.whole(self.home, generation_ids)
        except TROUBLES:
            return set()

    def close(self) -> None:
        """End the work: what is written stays, the rest is for another time."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()

    def document(self) -> dict[str, Any]:
        """What `status` shows of it."""
        try:
            found = archive_pending.backlog(self.home)
        except TROUBLES as error:
            return {"state": "failed", "trouble": str(error)}
        state = "working" if self._process is not None else "waiting" if found.files else "idle"
        return {
            "state": state if self.config.is_on else "off", "backlogFiles": found.files, "backlogBytes": found.bytes,
            "files": found.kept_files, "bytes": found.kept_bytes, "lostFiles": found.lost_files,
            "trouble": self.trouble,
        }  # fmt: skip

    def _start(self) -> None:
        limits = (self.config.max_bytes or "", self.config.keep_days or "")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, *(path for path in sys.path if path)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdin is not None  # it is a pipe
        with suppress(OSError):
            os.write(self._process.stdin.fileno(), "\0".join((self.home, *map(str, limits))).encode() + b"\n")
        os.set_blocking(self._process.stdin.fileno(), False)

    def _end(self, code: int) -> None:
        process, self._process = self._process, None
        assert process is not None and process.stderr is not None and process.stdin is not None  # it has ended
        said = process.stderr.read().decode("utf-8", "replace").strip()
        process.stderr.close()
        with suppress(OSError):
            process.stdin.close()
        self.trouble = None
        if code:
            self._again(said[-300:] or f"ended with exit code {code}")

    def _again(self, trouble: str) -> None:
        """It failed: another try in a while."""
        self.trouble, self._is_due, self._bytes = trouble, True, 0
        self._since = self._last = time.monotonic() + FAILED_S
