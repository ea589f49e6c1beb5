"""A bar on stderr while a command reads: the share of the bytes and the speed. Nothing where nobody looks."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from viewers.screen import format, terminal

FIRST_AFTER_S = 0.3
"""What takes less needs no bar, and a flash of one only disturbs."""
EVERY_S = 0.1

FULL, EMPTY = "█", "░"
CLEAR = "\r\x1b[K"

Step = Callable[[int, int], None]


@contextmanager
def bar(words: str) -> Generator[Step | None, None, None]:
    """What to call with (bytes done, bytes in all); the line is cleared at the end, also of a failure."""
    if not terminal.is_terminal(sys.stderr):
        yield None
        return
    drawn = Bar(words)
    try:
        yield drawn.step
    finally:
        drawn.clear()


class Bar:
    """The bar on its line: when it was drawn last, and whether it is there."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._began = time.monotonic()
        self._next = self._began + FIRST_AFTER_S
        self._is_drawn = False

    def step(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total:
            self.clear()
            self._began, self._next = now, now + FIRST_AFTER_S  # of another one, which may come later
            return
        if now < self._next or not total:
            return
        self._next = now + EVERY_S
        self._is_drawn = True
        room = terminal.columns(sys.stderr) or 80
        sys.stderr.write(CLEAR + line(self._words, done, total, now - self._began, room))
        sys.stderr.flush()

    def clear(self) -> None:
        if self._is_drawn:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()
            self._is_drawn = False


def line(words: str, done: int, total: int, took_s: float, room: int) -> str:
    """The bar at one instant; it never reaches the last column, where some terminals would wrap."""
    speed = f"{done / 1e6 / took_s:,.0f} MB/s" if took_s > 0 else ""
    numbers = f"{format.percent(done, total):>4}  {format.size(done)} of {format.size(total)}  {speed}".rstrip()
    length = max(0, min(40, room - len(words) - len(numbers) - 3))
    filled = length * min(done, total) // total
    text = f"{words} {FULL * filled}{EMPTY * (length - filled)} {numbers}" if length >= 5 else f"{words} {numbers}"
    return text[: room - 1]
