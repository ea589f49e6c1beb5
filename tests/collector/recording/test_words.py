"""What a collector records can be found by its words: soon when it runs, at once when it ends, and as before when facts
are made anew."""

from pathlib import Path

import pytest

from tests.collector.archive.remade import raise_versions
from tests.collector.daemons import calm, lag, lay, running, until
from tests.collector.recorded import record, rows

FOUND = "select rowid / 4 from search where search match ?"


def found(home: Path, words: str) -> int:
    return len(rows(home, FOUND, (words,)))


def test_what_is_written_while_it_runs_is_found(home: Path, user: Path) -> None:
    project = user / ".claude" / "projects" / "-w"
    project.mkdir(parents=True)
    lay(project, 3, text="harbour")
    with running(home, user):
        calm(home)
        until(lambda: found(home, "harbour") == 3)
        lag(home, project / "s0.jsonl", 1)
        until(lambda: found(home, '"go on"') == 1)


def test_facts_that_are_made_anew_are_found_once(home: Path, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = user / ".claude" / "projects" / "-w"
    project.mkdir(parents=True)
    lay(project, 3, lines=2, text="harbour")
    record(home, user)
    assert found(home, "harbour") == 6
    raise_versions(monkeypatch)
    record(home, user)
    assert found(home, "harbour") == 6
    keys = {key for (key,) in rows(home, "select prompt_key from prompt")}
    assert {key for (key,) in rows(home, FOUND, ("harbour",))} == keys


def test_a_second_run_that_finds_nothing_writes_nothing(home: Path, user: Path) -> None:
    project = user / ".claude" / "projects" / "-w"
    project.mkdir(parents=True)
    lay(project, 1)
    record(home, user)
    record(home, user)  # a file of this very moment is looked at twice
    before = content(home)
    record(home, user)
    assert rows(home, "select sum(upto) from search_cursor") == [(1,)]
    assert content(home) == before


def content(home: Path) -> bytes:
    """The database, with whatever its log still held."""
    rows(home, "pragma wal_checkpoint(truncate)")
    return (home / "fleetmeter.db").read_bytes()
