"""How processes of agents stand, as control saw them last: its database is only read, and only what is new counts."""

import os
import sqlite3
from contextlib import closing

from collector.lines.when import from_unix_ms, seconds
from store.alerts import Reading
from store.control_file import CONTROL, read_control
from store.errors import FleetmeterError

EVERY_S = 15.0
SEEN_S = 60.0
"""Whoever was not seen for longer may have ended: nobody looks."""
RULES = {"stale": "stale_process", "zombie": "zombie_process", "runaway": "runaway_process"}
UNWELL = """
select state, pid, born, agent, account, project, session_id, reason, since
from process_health
where seen_at >= ? and state in ('stale', 'zombie', 'runaway') and not is_pinned
order by pid, born
"""


class Processes:
    """What was found last, and whether there may be more: a look at a file that nobody wrote costs next to nothing."""

    def __init__(self, home: str) -> None:
        self.home, self.found = home, list[Reading]()
        self._again_at, self._stamp = 0.0, ()

    def look(self, now: float, now_s: float) -> list[Reading]:
        """now: of a clock that nobody sets."""
        if now >= self._again_at:
            self._again_at = now + EVERY_S
            stamp, before = stamp_of(self.home), self._stamp
            if self.found or stamp != before:
                self.found, self._stamp = of_processes(self.home, now_s), stamp
        return self.found


def stamp_of(home: str) -> tuple[int, ...]:
    """What is another one when control wrote."""
    path = os.path.join(home, CONTROL.name)
    return tuple(_written_ns(name) for name in (path, f"{path}-wal"))


def _written_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def of_processes(home: str, now_s: float) -> list[Reading]:
    """Those that are stale, not reaped, or use too much; none where nobody looked lately."""
    try:
        reader = read_control(home)
        if reader is None:
            return []
        with closing(reader):
            found = reader.execute(UNWELL, (from_unix_ms(int((now_s - SEEN_S) * 1000)),)).fetchall()
    except (FleetmeterError, sqlite3.Error, OSError):  # what control keeps is no reason to record nothing
        return []
    return [
        Reading(
            RULES[state], f"{pid} {born}", max(0.0, now_s - seconds(since)) / 60, seconds(since),
            f"process {pid} is {state}: {reason}", "", agent, account, project, session_id,
        )
        for state, pid, born, agent, account, project, session_id, reason, since in found
    ]  # fmt: skip
