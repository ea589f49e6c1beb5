"""How processes of agents stand, as control saw them last: its database is only read, and only what is new counts."""

import sqlite3
from contextlib import closing

from collector.lines.when import from_unix_ms, seconds
from store.alerts import Reading
from store.control_file import read_control
from store.errors import FleetmeterError

SEEN_S = 60.0
"""Whoever was not seen for longer may have ended: nobody looks."""
RULES = {"stale": "stale_process", "zombie": "zombie_process", "runaway": "runaway_process"}
UNWELL = """
select state, pid, born, agent, account, project, session_id, reason, since
from process_health
where seen_at >= ? and state in ('stale', 'zombie', 'runaway') and not is_pinned
order by pid, born
"""


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
