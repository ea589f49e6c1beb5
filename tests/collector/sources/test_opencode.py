"""OpenCode: one answer is one row, whichever of its database's tellings is read, however often it is copied."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.sources.opencode_layout import layout
from store.database import open_writer, transaction
from store.settle import resettle
from tests.collector.database import build
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import check_same, record, rows, views

REAL = Path(__file__).parent / "opencode" / "basic" / "user"
ACCOUNTED = {"sources": {"size_bytes", "cursor_bytes", "records", "path", "reason"}, "responses": {"byte_offset"}}
DATA = Path(".local", "share", "opencode")


@pytest.fixture
def path(user: Path) -> Path:
    """Where the database lies."""
    return user / DATA / "opencode.db"


@pytest.mark.parametrize(
    "change",
    [
        "drop table event; drop table event_sequence",
        "delete from event",
        "delete from event where aggregate_id = 'ses_e04c7e2c6ffe4uAeIzoC0819MO'",
        "delete from event where aggregate_id <> 'ses_e04c7e2c6ffe4uAeIzoC0819MO'",
        "delete from event where seq < 20",
    ],
)
def test_the_tables_tell_what_the_log_told(home: Path, user: Path, tmp_path: Path, change: str) -> None:
    shutil.copytree(REAL, user, dirs_exist_ok=True)
    build(user)
    whole = tmp_path / "whole_home"
    record(whole, user)
    with closing(sqlite3.connect(user / DATA / "opencode.db")) as database:
        database.executescript(change)
    record(home, user)
    check_same(views(home, without=ACCOUNTED), views(whole, without=ACCOUNTED))
    record(whole, user)
    check_same(views(whole, without=ACCOUNTED), views(home, without=ACCOUNTED))


def test_an_answer_is_one_row_at_every_moment_of_its_life(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    prompt = agent.ask(session, "hello")
    record(home, user)
    agent.answer(session, prompt, is_completed=False)  # killed a moment before the end: its tokens are written
    record(home, user)
    assert rows(home, "select output_tokens, stop_reason, is_lower_bound from responses") == [(15, "stop", 0)]
    agent.answer(session, prompt, output=20)
    record(home, user)
    agent.fork(session)
    agent.fork(agent.fork(session))
    record(home, user)
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [(2, 40)]
    assert rows(home, "select distinct session_id from responses") == [(session,)]
    assert rows(home, "select count(*) from prompts") == [(1,)]


def test_what_is_not_known_is_refused_and_nothing_else(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    prompt = agent.ask(session, "hello")
    agent.part(session, prompt, {"type": "hologram"})
    agent.answer(session, prompt, parts=({"type": "tool", "callID": 7, "tool": ["x"], "state": "?"},))
    insert = "insert into event values ('evt_1', ?, 999, 'session.dreamt.1', '{}')"
    agent.database.execute(insert, (session,))
    agent.update(
        session, {"id": "msg_x", "sessionID": session, "role": "assistant", "tokens": {}, "time": {"started": 1}}
    )
    agent.answer(session, prompt, tokens={"input": "many", "output": 1.0, "reasoning": 0})
    summary = record(home, user)
    assert (summary.rejected, summary.responses) == (5, 1)
    reasons = {row[0] for row in rows(home, "select reason from rejects")}
    assert reasons == {
        "unknown part type 'hologram'", "unknown event type 'session.dreamt.1'", "a message without a time",
        "usage without input",
    }  # fmt: skip
    excerpts = rows(home, "select group_concat(excerpt, '') from rejects")[0][0]
    assert all(word in excerpts for word in ("hologram", "session.dreamt", "started", "many"))


def test_odd_values_stop_nothing(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session(directory="/src/\0app", title="a\0b")
    prompt = agent.ask(session, "nul \0 and \ud800 alone")
    state = {
        "status": "completed",
        "input": {"filePath": "/src/\0", "todos": [1]},
        "time": {"start": -1e300, "end": 1e300},
    }
    agent.answer(session, prompt, parts=({"type": "tool", "tool": "write\0", "callID": "c\0", "state": state},))
    agent.answer(session, prompt, error={"name": "APIError", "data": {"statusCode": 2**63, "message": "\0"}})
    agent.answer(session, prompt, cost=1e300, finish="\0")
    agent.answer(session, prompt, created=2**62)
    summary = record(home, user)
    assert (summary.rejected, summary.responses) == (0, 4)
    assert rows(home, "select title, cwd from sessions") == [("a\u2400b", "/src/\u2400app")]


def test_an_interrupted_answer_is_a_lower_bound(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    zero = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
    error = {"name": "MessageAbortedError", "data": {"message": "The operation was aborted."}}
    agent.answer(session, agent.ask(session, "stop me"), tokens=zero, finish=None, error=error)
    refused = {"name": "APIError", "data": {"message": "no", "statusCode": 401}}
    agent.answer(session, agent.ask(session, "refuse me"), tokens=zero, finish=None, error=refused)
    record(home, user)
    assert rows(home, "select output_tokens, is_lower_bound from responses") == [(0, 1)]
    assert rows(home, "select what, text from activity where what in ('error', 'notice') order by at") == [
        ("notice", "MessageAbortedError: The operation was aborted."), ("error", "APIError: no"),
    ]  # fmt: skip


def test_a_fork_counts_once_when_its_original_is_deleted(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 3)
    agent.fork(session)
    agent.delete(session)
    record(home, user)
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [(3, 21)]


def test_the_order_of_looks_changes_nothing(home: Path, user: Path, path: Path, tmp_path: Path) -> None:
    """Original and fork in two databases, seen one after the other, in either order, or at once."""
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 3)
    agent.fork(session)
    agent.close()
    other = path.with_name("opencode-beta.db")
    shutil.copy(path, other)
    for file, keeps in ((path, "="), (other, "<>")):
        with closing(sqlite3.connect(file)) as database:
            for table, column in (("part", "session_id"), ("message", "session_id"), ("event", "aggregate_id")):
                database.execute(f"delete from {table} where not {column} {keeps} ?", (session,))  # noqa: S608 - names
            database.execute(f"delete from session where not id {keeps} ?", (session,))  # noqa: S608 - an operator
            database.commit()
    found = []
    for number, hidden in enumerate((None, path, other)):
        home_ = tmp_path / f"home{number}"
        if hidden is not None:
            hidden.rename(tmp_path / "hidden")
            record(home_, user)
            (tmp_path / "hidden").rename(hidden)
        record(home_, user)
        found.append(views(home_, without=ACCOUNTED))
        assert rows(home_, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [(3, 21)]
    check_same(found[1], found[0])
    check_same(found[2], found[0])


def test_a_database_named_by_hand_is_found(home: Path, user: Path, tmp_path: Path) -> None:
    for folder in ("named", "data/opencode"):
        agent = Agent(tmp_path / folder / "opencode.db", seed=folder[0])
        agent.talk(agent.session(), 1)
        agent.close()
    (tmp_path / "named" / "snapshot").mkdir()
    (tmp_path / "named" / "snapshot" / "opencode.db").write_bytes(b"not looked at")
    record(
        home, user, {"OPENCODE_DB": str(tmp_path / "named" / "opencode.db"), "XDG_DATA_HOME": str(tmp_path / "data")}
    )
    assert rows(home, "select count(*), count(distinct path) from sources where state = 'read'") == [(2, 2)]
    assert rows(home, "select count(*) from sources") == [(2,)]


@pytest.mark.parametrize("name", ["input", "output", "reasoning", "read", "write", "cache", "tokens"])
def test_a_renamed_number_is_refused_and_shown_with_the_version(home: Path, user: Path, path: Path, name: str) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 1)
    used: dict[str, object] = {"input": 1, "output": 2, "reasoning": 0, "cache": {"read": 3, "write": 4}}
    text = json.dumps({"tokens": used}).replace(f'"{name}"', f'"new_{name}"')
    info = {"role": "assistant", "time": {"created": agent.now}, "modelID": "m", "providerID": "p"}
    agent.update(session, {"id": agent.id("msg"), "sessionID": session, **info, **json.loads(text)})
    agent.talk(session, 1)
    record(home, user)
    assert rows(home, "select count(*) from responses") == [(2,)]
    (reason,) = [row[0] for row in rows(home, "select reason from rejects")]
    assert "without" in reason
    assert rows(home, "select version, rejected from sources") == [("1.18.33", 1)]


def test_a_look_without_news_reads_nothing_of_what_the_log_tells(path: Path) -> None:
    """Its cost is that of the sessions, not of all that they hold."""
    agent = Agent(path)
    sessions = [agent.session() for _ in range(5)]

    def steps() -> int:
        done: list[None] = []
        agent.database.set_progress_handler(lambda: done.append(None), 1)
        for table in layout(frozenset(("session", "message", "part", "event"))).tables:
            assert agent.database.execute(table.changed, {"since": 0, "at": agent.now}).fetchall() == []
        agent.database.set_progress_handler(None, 1)
        return len(done)

    for session in sessions:
        agent.talk(session, 1)
    few = steps()
    for session in sessions:
        agent.talk(session, 10)
    assert steps() == few


def test_sessions_of_one_database_are_ranked_by_reading_it_once(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 2)
    for _ in range(4):
        agent.fork(session)
    record(home, user)
    said: list[str] = []
    with closing(open_writer(home)) as connection:
        family = {key for (key,) in connection.execute("select session_key from session").fetchall()}
        connection.set_trace_callback(said.append)
        with transaction(connection):
            resettle(connection, family)
    assert len(family) == 5
    assert sum("select uuid, at from record" in statement for statement in said) == 2
