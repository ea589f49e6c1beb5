"""Real processes that stand in for imaginary programs, so that whoever asks whether one still runs gets an answer.

Each does nothing but wait, and ends with the demo, however that ends.
"""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager

from store.process import birth

COMMAND = ("cat",)


class Bodies:
    """The processes of a demo that runs."""

    def __init__(self) -> None:
        self._alive: dict[int, subprocess.Popen[bytes]] = {}

    def embody(self) -> tuple[int, str]:
        """Another one: its pid, and when it began, in ticks."""
        # It waits for the other end of this pipe, which is ours alone: when we are gone, so is it.
        process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
        self._alive[process.pid] = process
        return process.pid, birth(process.pid).partition("@")[0]

    def end(self, pid: int) -> None:
        """It is not needed any more."""
        process = self._alive.pop(pid, None)
        if process is not None:
            process.communicate()

    def end_all(self) -> None:
        for pid in list(self._alive):
            self.end(pid)


@contextmanager
def bodies() -> Generator[Bodies, None, None]:
    """They live while the block runs."""
    made = Bodies()
    try:
        yield made
    finally:
        made.end_all()
