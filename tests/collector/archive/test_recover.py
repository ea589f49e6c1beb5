"""Every transcript is deleted and the database damaged: what is archived is recorded again, and all is as it was."""

from contextlib import closing
from pathlib import Path

import pytest

from collector.archive import recover as recovering
from collector.archive.prove import prove
from collector.archive.restore import restore
from store.belongs import sources_of
from store.database import NAME, open_reader
from tests.collector.archive.archived import keep
from tests.collector.archive.remade import GONE, delete_all
from tests.collector.claude_tree import lay_tree
from tests.collector.daemons import running, until
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import Rows, check_same, record, rows, views
from tests.collector.transcript import answer, prompt

# How large an agent's database was is not archived, only what was read of it.
LOST = {"sources": GONE["sources"] | {"size_bytes"}}


def lay(user: Path, project: Path) -> None:
    """Two agents, one of which writes a database."""
    lay_tree(project, turns=3)
    agent = Agent(user / ".local" / "share" / "opencode" / "opencode.db")
    agent.talk(agent.session(), 2)
    agent.close()


def damage(home: Path) -> None:
    (home / NAME).write_bytes(b"this was a database once " * 1000)
    for ending in ("-wal", "-shm"):
        (home / f"{NAME}{ending}").unlink(missing_ok=True)


@pytest.fixture
def before(home: Path, user: Path, project: Path) -> dict[str, Rows]:
    """What the views say, before all is gone."""
    lay(user, project)
    record(home, user)
    keep(home)
    found = views(home, without=LOST)
    delete_all(user)
    damage(home)
    return found


@pytest.mark.promise("S6")
def test_S6_what_only_the_archive_holds_is_recorded_again(home: Path, user: Path, before: dict[str, Rows]) -> None:
    record(home, user)
    check_same(views(home, without=LOST), before)
    keep(home)
    record(home, user)
    check_same(views(home, without=LOST), before)
    assert prove(str(home)).findings == []
    sessions = [key for (key,) in rows(home, "select session_key from session where session_id like '0%'")]
    with closing(open_reader(home)) as reader:
        sources = sources_of(reader, sessions)
    assert {one.state for one in restore(str(home), sources, None, is_dry=False)} == {"written"}


@pytest.mark.mutant("S6")
def test_S6_fails_where_the_archive_is_not_asked(
    home: Path, user: Path, before: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovering, "candidates", lambda _: [])
    record(home, user)
    with pytest.raises(AssertionError):
        check_same(views(home, without=LOST), before)


def test_whoever_is_killed_in_between_goes_on(
    home: Path, user: Path, before: dict[str, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    step, done = recovering.Recovery.step, list[int]()

    def dies(self: recovering.Recovery) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(1)
        step(self)

    with monkeypatch.context() as broken:
        broken.setattr(recovering.Recovery, "step", dies)
        with pytest.raises(KeyboardInterrupt):
            record(home, user)
    record(home, user)
    check_same(views(home, without=LOST), before)


def test_what_stood_in_a_file_before_it_was_rewritten_is_recorded_again(home: Path, user: Path, project: Path) -> None:
    path, grows = project / "s.jsonl", project / "grows.jsonl"
    path.write_bytes(prompt(1) + answer(1, output=7))
    grows.write_bytes(prompt(5, sessionId="grows"))
    record(home, user)
    keep(home)
    path.unlink()
    path.write_bytes(prompt(2) + answer(2, output=11))
    record(home, user)
    keep(home)
    before = views(home, without=LOST)
    damage(home)
    with grows.open("ab") as file:
        file.write(prompt(6, sessionId="grows"))
    record(home, user)
    for _ in range(2):
        got = views(home, without=LOST)
        assert got["usage_quarter_hours"] == before["usage_quarter_hours"]
        assert rows(home, "select prompt_id from prompts order by 1") == [("p1",), ("p2",), ("p5",), ("p6",)]
        found = "select path, count(*) from generation join source using (source_id) group by 1 order by 1"
        assert rows(home, found) == [(str(grows), 1), (str(path), 2)]
        keep(home)
        assert record(home, user).changed == 0
    assert prove(str(home)).findings == []


def test_a_collector_that_runs_recovers_too(home: Path, user: Path, project: Path, before: dict[str, Rows]) -> None:
    project.mkdir(parents=True, exist_ok=True)
    with running(home, user):
        until(lambda: not rows(home, "select 1 from meta where name = 'recover'"), 30)
        (project / "new.jsonl").write_bytes(prompt(1, uuid="last"))
        until(lambda: rows(home, "select 1 from record where uuid = 'last'"))
    (project / "new.jsonl").unlink()
    got = views(home, without=LOST)
    assert got["usage_quarter_hours"] == before["usage_quarter_hours"]
    assert set(before["responses"]) == set(got["responses"])
