"""The most that the processes of a session used, as far as they were looked at."""

import sqlite3
from contextlib import closing
from typing import NamedTuple

from store.control_file import read_control
from store.errors import FleetmeterError
from viewers.processes.words import bytes_of, percent
from viewers.query import rows


class Peak(NamedTuple):
    """None is what nobody could tell."""

    memory: int | None
    """With what they started."""
    cpu_percent: float | None


def of_session(home: str, session_id: str, agent: str) -> Peak | None:
    """None where none of its processes was looked at, or only by an older fleetmeter."""
    try:
        reader = read_control(home)
        if reader is None:
            return None
        with closing(reader):
            found = rows(reader, "session_peak", id=session_id, agent=agent)
    except (FleetmeterError, sqlite3.Error, OSError):
        return None  # what control keeps is beside a session, which is shown all the same
    return Peak(*found[0]) if found else None


def told(home: str, session_id: str, agent: str) -> str:
    """In words; "" where nothing is known."""
    peak = of_session(home, session_id, agent)
    return words(peak) if peak else ""


def words(peak: Peak) -> str:
    """In a line."""
    known = [
        *([bytes_of(peak.memory)] if peak.memory is not None else []),
        *([f"{percent(peak.cpu_percent)} CPU"] if peak.cpu_percent is not None else []),
    ]
    return f"peak {', '.join(known)}" if known else ""


def document(peak: Peak | None) -> dict[str, float | int | None] | None:
    """The same for programs; null where none of its processes was looked at."""
    return None if peak is None else {"memoryBytes": peak.memory, "cpuPercent": peak.cpu_percent}
