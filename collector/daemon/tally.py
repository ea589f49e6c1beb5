"""What the collector did so far, and how far behind it is: what `status` tells."""

import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collector.recording.record import Counts  # with all that decodes, which a look without news does not need

SPAN_S = 60


class Tally:
    """Counts since the start; nothing of it is written anywhere."""

    def __init__(self) -> None:
        self.began, self.began_at = time.monotonic(), now_text()
        self.records = self.rejected = self.bytes = self.rounds = self.sweeps = self.replacements = 0
        self.last_error: dict[str, str] | None = None
        self.last_record_at: str | None = None
        self._recent: deque[tuple[float, int]] = deque()

    def add(self, counts: "Counts") -> None:
        """What one round did."""
        self.records += counts.records
        self.rejected += counts.rejected
        self.bytes += counts.bytes
        self.rounds += 1
        if counts.records:
            self.last_record_at = now_text()
            self._recent.append((time.monotonic(), counts.records))
        self._forget()

    def fail(self, words: str) -> None:
        """Something went wrong, and the recording goes on."""
        self.last_error = {"at": now_text(), "words": words}

    def document(self) -> dict[str, Any]:
        self._forget()
        span = min(SPAN_S, max(1.0, time.monotonic() - self.began))
        return {
            "startedAt": self.began_at, "uptimeSeconds": round(time.monotonic() - self.began, 3),
            "records": self.records, "rejected": self.rejected, "bytes": self.bytes, "sweeps": self.sweeps,
            "rounds": self.rounds, "recordsPerSecond": round(sum(count for _, count in self._recent) / span, 2),
            "replacements": self.replacements, "lastRecordAt": self.last_record_at, "lastError": self.last_error,
        }  # fmt: skip

    def _forget(self) -> None:
        oldest = time.monotonic() - SPAN_S
        while self._recent and self._recent[0][0] < oldest:
            self._recent.popleft()


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
