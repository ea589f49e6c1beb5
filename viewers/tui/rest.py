"""Whether anybody looks: after minutes without a key, less is read and drawn, until the next one."""

import time

AFTER_S = 300.0
EVERY_S = 5.0


class Rest:
    """When it was touched last, and when it was drawn last."""

    def __init__(self, after_s: float = AFTER_S) -> None:
        self.after_s = after_s
        self.touched_s = time.monotonic()
        self.drawn_s = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() - self.touched_s >= self.after_s

    def touch(self) -> bool:
        """Somebody is there; says whether nobody was."""
        was_on = self.is_on
        self.touched_s = time.monotonic()
        return was_on

    def is_due(self) -> bool:
        """Whether to draw now: each time that it is asked, or only every few seconds."""
        now = time.monotonic()
        if self.is_on and now - self.drawn_s < EVERY_S:
            return False
        self.drawn_s = now
        return True
