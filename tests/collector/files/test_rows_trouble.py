"""An agent's database that cannot be read, or not all of it: it says why, and is looked at again."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from collector.files.rows import Rows
from tests.collector.files.test_rows import counted, expect_like_clean, path
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import record, rows, source

__all__ = ["path"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a database without tables"),
        (b"no database at all, but long enough to have a header " * 100, "file is not a database"),
        (None, "it has no table message, part"),
    ],
)
def test_what_cannot_be_read_says_why_and_is_looked_at_again(
    home: Path, user: Path, path: Path, content: bytes | None, reason: str
) -> None:
    path.parent.mkdir(parents=True)
    if content is None:
        with closing(sqlite3.connect(path)) as database:
            database.executescript("create table session (id text); create table session_message_3 (id text)")
    else:
        path.write_bytes(content)
    assert record(home, user).unreadable == 1
    assert source(home, path)["state"] == "unreadable"
    assert reason in source(home, path)["reason"]
    assert record(home, user).unreadable == 1
    path.unlink()
    agent = Agent(path)
    agent.talk(agent.session(), 1)
    agent.close()
    assert record(home, user).responses == 1
    assert source(home, path)["state"] == "read"


def test_a_page_that_is_broken_costs_what_comes_after_it(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 200)
    agent.close()
    whole = path.read_bytes()
    half = len(whole) // 2 & ~4095
    path.write_bytes(whole[:half] + b"\xff" * 8192 + whole[half + 8192 :])
    record(home, user)
    assert source(home, path)["state"] == "unreadable"
    assert "malformed" in source(home, path)["reason"]
    path.write_bytes(whole)
    record(home, user)
    assert counted(home)[0] == 200
    assert source(home, path)["state"] == "read"


@pytest.mark.timed
def test_a_locked_database_waits_for_the_next_look(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path, mode="delete")
    agent.talk(agent.session(), 1)
    agent.database.execute("begin exclusive")
    start = time.monotonic()
    assert record(home, user).unreadable == 1
    assert time.monotonic() - start < 3
    assert "locked" in source(home, path)["reason"]
    agent.database.execute("commit")
    assert record(home, user).responses == 1


def test_a_row_that_is_no_json_costs_only_itself(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 1)
    for seq, (type_, data) in enumerate(
        (("message.updated.1", '{"info": {'), ("message.updated.1", "{}"), ("session.dreamt.1", "{}"), ("", "\n")), 500
    ):
        agent.database.execute("insert into event values (?, ?, ?, ?, ?)", (agent.id("evt"), session, seq, type_, data))
    agent.talk(session, 1)
    summary = record(home, user)
    assert (summary.rejected, summary.responses) == (4, 2)
    assert "session.dreamt.1" in rows(home, "select group_concat(excerpt) from rejects")[0][0]


def test_rows_of_any_size_are_read(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    prompt = agent.ask(session, "x" * (5 << 20))
    agent.answer(session, prompt, parts=({"type": "file", "url": "data:," + "y" * (17 << 20)},))
    agent.talk(session, 2)
    summary = record(home, user)
    assert (summary.rejected, summary.responses) == (1, 3)
    assert rows(home, "select chars from prompts order by at limit 1") == [(5 << 20,)]
    expect_like_clean(home, user)


def test_a_writer_that_comes_back_while_the_database_is_read_at_rest(
    home: Path, user: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 3)
    agent.close()
    calm, writers = Rows._check, list[Agent]()  # pyright: ignore[reportPrivateUsage] - what follows every statement

    def disturbed(self: Rows) -> None:
        if not writers:
            writers.append(Agent(path, seed="b"))
            writers[0].now += 1_000_000
            writers[0].talk(session, 1)
        calm(self)

    monkeypatch.setattr(Rows, "_check", disturbed)
    record(home, user)
    assert source(home, path)["reason"] == "it was changed while it was read"
    record(home, user)
    assert source(home, path)["state"] == "read"
    assert counted(home)[0] == 4
    expect_like_clean(home, user)


def test_a_log_whose_index_was_lost_is_read_and_nothing_is_made_there(home: Path, user: Path, path: Path) -> None:
    """As a backup holds it that took the database and its log alone."""
    agent = Agent(path)
    agent.talk(agent.session(), 2)
    agent.crash()
    Path(f"{path}-shm").unlink()
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    record(home, user)
    assert counted(home)[0] == 2
    assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before
    agent = Agent(path, seed="b")
    agent.now += 1_000_000
    agent.talk(agent.session(), 1)
    record(home, user)
    assert counted(home)[0] == 3
