"""The processes for all pages: looked at once in a while however many tabs there are, one at a time."""

import threading
import time
from collections.abc import Callable, Sequence

from store.shown_process import Shown
from viewers.processes.desk import Desk

KEEP_S = 2.0


class Looking:
    """desks: the desk for a browser that has this address."""

    def __init__(self, desks: Callable[[str], Desk]) -> None:
        self.desks = desks
        self.desk: Desk | None = None
        self.lock = threading.Lock()
        self.found: Sequence[Shown] = ()
        self.until_s = 0.0

    def look(self) -> Sequence[Shown]:
        with self.lock:
            if time.monotonic() >= self.until_s:
                self.desk = self.desk or self.desks("")
                self.found = self.desk.look()
                self.until_s = time.monotonic() + KEEP_S
            return self.found

    def forget(self) -> None:
        """Something was done to one of them."""
        self.until_s = 0.0
