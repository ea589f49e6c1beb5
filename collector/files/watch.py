"""When to look where: hints at once, files that grew lately twice a second, everything in a slow sweep.

Where hints cannot be had, or were seen to be missing, sweeps come fast instead. How fast depends on what one costs.
"""

import time
from collections.abc import Iterator

from collector.files.hints import Hints
from collector.files.look import Look
from collector.files.tail import is_same_file
from collector.recording.read import Job
from collector.sources import DATABASE

POLL_S = 0.5
LATELY_S = 120.0
MOST_LATELY = 64
SWEEP_S, LONGEST_SWEEP_S = 60.0, 600.0
FAST_SWEEP_S = 1.0
SHARE, FAST_SHARE = 1 / 2500, 1 / 60  # of a core, for sweeps
SLICE_S = 0.02
ANNOUNCED_S = 2.0  # a hint that comes later than that was none
UNANNOUNCED = "changes come without being announced"
DAY_S = 86_400.0


class Watch:
    """What is due to be looked at; time is monotonic."""

    def __init__(self, look: Look, hints: Hints) -> None:
        self._look, self._hints = look, hints
        self._sweep: Iterator[list[Job]] | None = None
        self._sweep_at, self._cost_s, self._last_s = 0.0, 0.0, time.monotonic()
        self._poll_at = 0.0
        self._lately: dict[bytes, float] = {}
        self._later: dict[bytes, float] = {}
        self._silent: dict[bytes, float] = {}
        self._to_check: list[bytes] = []
        self.sweeps = 0
        self.rewritten: list[bytes] = []

    @property
    def is_sweeping(self) -> bool:
        return self._sweep is not None

    def hinted(self, most: int) -> list[Job]:
        """The news of some hints."""
        jobs: list[Job] = []
        now = time.monotonic()
        for path in self._hints.take(most):
            self._silent.pop(path, None)
            if self._later.get(path, 0.0) <= now:
                jobs += self._look.touch(path)
        return jobs

    def polled(self) -> list[Job]:
        """The news of files that grew lately, and of those that were put off."""
        now = time.monotonic()
        jobs: list[Job] = []
        for path in [path for path, at in self._later.items() if at <= now]:
            del self._later[path]
            jobs += self._look.touch(path)
        if now >= self._poll_at:
            self._poll_at = now + POLL_S
            for path in [path for path, until in self._lately.items() if until < now]:
                del self._lately[path]
            grown = [path for path in self._lately if path not in self._later and self._look.has_grown(path)]
            for path in grown:
                jobs += self._found(self._look.touch(path), now)
        return jobs

    def swept(self) -> list[Job]:
        """The news of as much of a sweep as may be done in one go."""
        now = time.monotonic()
        if self._hints.pop_overflow():
            self._sweep_at = min(self._sweep_at, now + 20 * self._cost_s)
            self._silent.clear()
        if self._sweep is None:
            if now < self._sweep_at:
                return []
            self._sweep, self._cost_s = self._look.sweep(), 0.0
        began, jobs, is_first = time.thread_time(), list[Job](), not self.sweeps  # nobody announced what lay there
        while time.monotonic() - now < SLICE_S:
            found = next(self._sweep, None)
            if found is None:
                self._sweep = None
                break
            jobs += found
        self._cost_s += time.thread_time() - began
        if self._sweep is None:
            self._end_sweep()
        return jobs if is_first else self._found(jobs, now)

    def grew(self, path: bytes, left: int) -> None:
        """A file was read: for a while it is looked at often. The more of a line is open, the less often it is read."""
        now = time.monotonic()
        self._lately.pop(path, None)
        self._lately[path] = now + LATELY_S
        if len(self._lately) > MOST_LATELY:
            del self._lately[next(iter(self._lately))]
        if left > 1 << 18:
            self._later[path] = now + left / 4e7

    def again(self, path: bytes, after_s: float) -> None:
        """Look at a path once more, and not before."""
        self._later[path] = time.monotonic() + after_s

    def judge(self) -> list[str]:
        """Trees whose changes nobody announced are polled from now on; gives those that are new to it."""
        now, found = time.monotonic(), list[str]()
        late = [path for path, at in self._silent.items() if now - at > ANNOUNCED_S]
        waiting = self._hints.waiting() if late else frozenset[bytes]()
        for path in late:
            del self._silent[path]
            if path in waiting:
                continue  # it was announced, and we are behind
            inside = self._look.tree_of(path)
            tree = self._hints.trees.get(inside[1].decode("utf-8", "surrogateescape")) if inside else None
            if tree is not None and tree.problem is None:
                self._hints.distrust(tree.path, UNANNOUNCED)
                self._sweep_at = now
                found.append(tree.path)
        return found

    def sweep_soon(self) -> None:
        self._sweep_at = 0.0

    def wait_s(self) -> float:
        """How long nothing is due."""
        now = time.monotonic()
        if self._sweep is not None or self._hints.has_some:
            return 0.0
        due = [self._sweep_at, *self._later.values()]
        if self._lately:
            due.append(self._poll_at)
        return max(0.0, min(due) - now)

    @property
    def sweep_every_s(self) -> float:
        """How far apart sweeps are: so far that they cost a small share of a core."""
        if any(tree.problem for tree in self._hints.trees.values()):
            return max(FAST_SWEEP_S, self._cost_s / FAST_SHARE)
        return min(LONGEST_SWEEP_S, max(SWEEP_S, self._cost_s / SHARE))

    def _found(self, jobs: list[Job], now: float) -> list[Job]:
        """News that came without a hint: one may still come."""
        for job in jobs:
            if job.size != job.known.size and job.known.kind != DATABASE:
                self._silent.setdefault(job.known.raw_path, now)
        return jobs

    def _end_sweep(self) -> None:
        now = time.monotonic()
        self.sweeps += 1
        if self.sweeps == 1:
            self._cost_s = 0.0  # the first adds what it finds, which costs more than looking
        self._sweep_at = now + self.sweep_every_s
        self.check(now - self._last_s)
        self._last_s = now

    def check(self, elapsed_s: float) -> None:
        """Each file is compared with what was read of it once a day, also one whose size and times say nothing."""
        if not self._to_check:
            self._to_check = list(self._look.known)
        for _ in range(max(1, int(len(self._look.known) * elapsed_s / DAY_S))):
            if not self._to_check:
                return
            path = self._to_check.pop()
            known = self._look.known.get(path)
            if (
                known is None
                or known.state != "read"
                or known.kind == DATABASE
                or not known.tail
                or path.endswith(b".zst")
            ):
                continue
            if is_same_file(known, path) is False:
                self.rewritten.append(path)
