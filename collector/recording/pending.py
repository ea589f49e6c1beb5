"""Which files wait to be read: those that grow now, and behind them the backlog, newest first, a portion of each."""

import heapq
from collections.abc import Mapping

from msgspec.structs import replace

from collector.recording.read import Job
from store.sources import Known

PORTION = 1 << 20
MOST_GROWN = 64
"""How often a portion that was too small for a single line is made larger, at most: to so many times its size."""


class Pending:
    """Two queues of files; a file is in one of them at most."""

    def __init__(self) -> None:
        self.live: dict[bytes, Job] = {}
        self._backlog: dict[bytes, tuple[tuple[int, int], Job]] = {}
        self._order: list[tuple[tuple[int, int], bytes]] = []
        self._rounds: dict[bytes, int] = {}
        self._sizes: dict[bytes, int] = {}
        self.total = self.left = 0

    @property
    def has_backlog(self) -> bool:
        return bool(self._backlog)

    @property
    def backlog_files(self) -> int:
        return len(self._backlog)

    def add(self, jobs: list[Job], *, is_live: bool) -> None:
        """Files with news. What was never read is backlog, whoever tells of it: it may be one of 100,000."""
        for job in jobs:
            path = job.known.raw_path
            if is_live and not job.is_fresh and path not in self._backlog:
                self.live[path] = job
            elif path not in self.live:
                self._put(path, job)

    def take_live(self, known: Mapping[bytes, Known], most_files: int, most_bytes: int) -> list[Job]:
        """Those that wait longest: as many as can be read in a moment, for whoever asks meanwhile waits."""
        jobs: list[Job] = []
        size = 0
        while self.live and len(jobs) < most_files and size < most_bytes:
            path = next(iter(self.live))
            job = self.live.pop(path)
            if path in known:
                jobs.append(replace(job, known=known[path]))
                size += min(PORTION, max(0, job.size - known[path].cursor))
        return jobs

    def take_backlog(self, known: Mapping[bytes, Known], most_files: int, most_bytes: int) -> list[Job]:
        """The files that had the fewest portions so far, and of these the newest."""
        jobs: list[Job] = []
        size = 0
        while self._order and len(jobs) < most_files and size < most_bytes:
            key, path = heapq.heappop(self._order)
            waiting = self._backlog.get(path)
            if waiting is None or waiting[0] != key:
                continue  # it was put in anew
            job = self._drop(path)
            if path in known:
                jobs.append(replace(job, known=known[path]))
                size += min(PORTION, max(0, job.size - known[path].cursor)) + 1
        return jobs

    def go_on(self, job: Job, was: Known, now: Known) -> None:
        """More of a file is left: it waits for its next portion."""
        path = now.raw_path
        if (was.cursor, was.open_line, was.generation_id) == (now.cursor, now.open_line, now.generation_id):
            self._sizes[path] = min(self.portion(path) * 4, PORTION * MOST_GROWN)
        else:
            self._sizes.pop(path, None)
        self._rounds[path] = self._rounds.get(path, 0) + 1
        self._put(path, replace(job, known=now))

    def done(self, path: bytes) -> None:
        """A file was read to its end."""
        self._rounds.pop(path, None)
        self._sizes.pop(path, None)

    def portion(self, path: bytes) -> int:
        """How many bytes of a file are read at a time."""
        return self._sizes.get(path, PORTION)

    def _put(self, path: bytes, job: Job) -> None:
        if path in self._backlog:
            self._drop(path)
        key = self._rounds.get(path, 0), -job.mtime_ns
        self._backlog[path] = key, job
        heapq.heappush(self._order, (key, path))
        left = max(0, job.size - job.known.cursor)
        self.left += left
        self.total = max(self.total, self.left) if self._rounds.get(path) else self.total + left

    def _drop(self, path: bytes) -> Job:
        job = self._backlog.pop(path)[1]
        self.left -= max(0, job.size - job.known.cursor)
        if not self._backlog:
            self.left = 0
        return job
