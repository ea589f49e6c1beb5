"""Feeds that have been read: files of days that are over are removed, once all in them is recorded and archived."""

import os
import time
from contextlib import suppress
from typing import Any

from collector.archive.archiver import Archiver
from collector.files.look import Look
from store.feed import RAW_ENDING
from store.sources import Known

KIND = "feed"
DAYS = 2
EVERY_S = 600.0
MOST = 200
"""Files of one round: somebody may wait for us."""


class Tidy:
    """What it removed so far, and when it looks again."""

    def __init__(self, look: Look, archiver: Archiver) -> None:
        self._look, self._archiver = look, archiver
        self._at = 0.0
        self.removed = 0

    def tend(self) -> None:
        """Remove what is due, now and then."""
        now = time.monotonic()
        if now >= self._at:
            self._at = now + EVERY_S
            self._remove(time.strftime("%Y-%m-%d", time.gmtime(time.time() - DAYS * 86_400)).encode())

    def document(self) -> dict[str, Any]:
        """What `status` tells of the feeds."""
        feeds = [known for known in self._look.known.values() if known.kind == KIND and known.state != "gone"]
        return {
            "files": len(feeds), "bytes": sum(known.size for known in feeds),
            "waitingBytes": sum(max(0, known.size - known.cursor) for known in feeds), "removed": self.removed,
        }  # fmt: skip

    def _remove(self, before: bytes) -> None:
        old = [known for known in self._look.known.values() if known.kind == KIND and _day(known.raw_path) < before]
        read = [known for known in old if known.state == "read" and _is_read(known)][:MOST]
        if not read:
            return
        kept = self._archiver.keeps({known.generation_id for known in read})
        for known in read:
            if known.generation_id in kept and _is_read(known):
                with suppress(OSError):
                    os.unlink(known.raw_path)
                    self.removed += 1


def _day(raw_path: bytes) -> bytes:
    return os.path.basename(raw_path).removesuffix(RAW_ENDING)


def _is_read(known: Known) -> bool:
    """Whether what was read is all that is there."""
    try:
        found = os.lstat(known.raw_path)
    except OSError:
        return False
    return (found.st_size, found.st_ino) == (known.cursor, known.inode)
