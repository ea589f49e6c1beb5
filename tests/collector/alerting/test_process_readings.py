"""Alerts of processes: what control saw lately, and nothing of what it saw long ago."""

from pathlib import Path

import pytest

from collector.alerting.process_readings import of_processes
from store.control_file import CONTROL, writing

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z
ROW = (
    "insert into watched (pid, born, agent, role, project, session_id, state, reason, since, seen_at)"
    " values (?, ?, 'zoo', 'session', '/src', 's', ?, 'it is so', ?, ?)"
)


@pytest.fixture
def seen(home: Path) -> None:
    lately, long_ago = "2027-01-15T07:59:50.000Z", "2027-01-15T07:00:00.000Z"
    with writing(home, "a test") as writer:
        states = ((1, "stale", lately), (2, "runaway", lately), (3, "zombie", long_ago), (4, "idle", lately))
        for pid, state, at in (*states, (5, "stale", lately)):
            writer.execute(ROW, (pid, "b", state, "2027-01-15T07:50:00.000Z", at))
        writer.execute("insert into pin (pid, born, at) values (5, 'b', ?)", (lately,))


def test_who_is_unwell_and_was_seen_lately_is_told_of(home: Path, seen: None) -> None:
    found = of_processes(str(home), NOW)
    assert [(one.rule, one.subject, one.level) for one in found] == [
        ("stale_process", "1 b", 10.0), ("runaway_process", "2 b", 10.0),
    ]  # fmt: skip
    assert found[0].text == "process 1 is stale: it is so" and found[0].session_id == "s"
    assert of_processes(str(home), NOW + 3600) == []


def test_without_control_or_with_a_damaged_file_nothing_is_told(home: Path) -> None:
    assert of_processes(str(home), NOW) == []
    home.mkdir(exist_ok=True)
    (home / CONTROL.name).write_bytes(b"no database" * 100)
    assert of_processes(str(home), NOW) == []
