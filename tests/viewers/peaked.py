"""What control saw of the processes of a session: written as it writes it, for the faces to show."""

from pathlib import Path

from store.control_file import writing

WATCHED = """
insert into watched (watched_id, pid, born, agent, role, session_id, state, reason, since, seen_at)
values (1, 7, 'b', ?, 'session', ?, 'idle', 'it is so', ?, ?)
"""
PEAK = "insert into peak values (1, ?, '2026-11-18T10', 3, 500000000, 2000000000, 20.0)"


def peaked(home: Path, session_id: str, agent: str = "claude") -> str:
    """Gives the words that every face says."""
    at = "2026-11-18T10:00:00.000Z"
    with writing(home, "a test") as writer, writer:
        writer.execute(WATCHED, (agent, session_id, at, at))
        writer.execute(PEAK, (session_id,))
    return "peak 2.0 GB, 20% CPU"
