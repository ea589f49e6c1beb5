"""S16: retention deletes what it names and nothing else, and what was deleted stays deleted."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.archive.prove import prove
from collector.daemon.errands import do
from store import alerts
from store import prune as pruning
from store import write as writing
from store.alert_config import Sink
from store.alerts import Change, Reading
from store.database import connect_writer, path_in
from tests.collector.archive.archived import files, keep
from tests.collector.claude_tree import lay_tree
from tests.collector.daemons import running, until
from tests.collector.recorded import check_costs, check_every_byte, check_same, record, rows, views
from tests.collector.transcript import answer, prompt

OTHER, FORK = "5e551011-0000-4000-8000-000000000002", "5e551011-0000-4000-8000-000000000003"
NAMED = "select session_key from session where session_id = '5e551011-0000-4000-8000-000000000001'"


def lay(project: Path) -> Path:
    """A session to be deleted, a fork of it, others, and the files of all."""
    path = project / "5e551011-0000-4000-8000-000000000001.jsonl"
    path.write_bytes(prompt(1) + answer(1, output=11) + prompt(2) + answer(2, output=13))
    fork = prompt(1, sessionId=FORK) + answer(1, output=11, sessionId=FORK)
    (project / f"{FORK}.jsonl").write_bytes(fork + prompt(3, sessionId=FORK) + answer(3, output=17, sessionId=FORK))
    lay_tree(project, turns=2)
    return path


def named(home: Path) -> list[int]:
    return [row[0] for row in rows(home, NAMED)]


def check_s16(home: Path, user: Path, project: Path) -> None:
    """The rest is as if the deleted one had never been; so it stays when everything is looked at again."""
    path = lay(project)
    record(home, user)
    keep(home)
    ((sessions, responses, prompts, count, size),) = do(str(home), "prune", named(home))
    assert (sessions, responses, prompts, count, size) == (1, 2, 2, 1, path.stat().st_size)
    content = path.read_bytes()
    path.unlink()
    clean = home.with_name("clean_home")
    record(clean, user)
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    for _ in range(2):
        got = views(home, without={"sources": {"path"}})
        got["sources"] = [row for row in got["sources"] if "pruned" not in row]
        check_same(got, views(clean, without={"sources": {"path"}}))
        assert os.fsencode(path) not in files(home)
        keep(home)
        assert prove(str(home)).findings == []
    check_every_byte(home)
    check_costs(home)


@pytest.mark.promise("S16")
def test_S16_what_is_named_goes_and_all_else_stays(home: Path, user: Path, project: Path) -> None:
    check_s16(home, user, project)


def again(home: Path, user: Path, project: Path) -> None:
    """It stays deleted while its file is there, and when that grows: only what is new is recorded."""
    path = lay(project)
    record(home, user)
    keep(home)
    do(str(home), "prune", named(home))
    before = rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours")
    os.utime(path)
    record(home, user)
    keep(home)
    assert named(home) == []
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == before
    with open(path, "ab") as file:
        file.write(prompt(8) + answer(8, output=1000))
    record(home, user)
    ((responses, output),) = before
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [
        (responses + 1, output + 1000)
    ]
    check_every_byte(home)


@pytest.mark.promise("S16")
def test_S16_deleted_stays_deleted_while_its_file_is_there(home: Path, user: Path, project: Path) -> None:
    again(home, user, project)


def rewritten(home: Path, user: Path, project: Path) -> None:
    """Its file is written anew, with a line more, and so is what lay beside it: only that line is recorded."""
    path = lay(project)
    content = path.read_bytes()
    beside = path.with_suffix("") / "subagents"
    beside.mkdir(parents=True)
    (beside / "agent-a1.meta.json").write_text('{"agentType":"explore","description":"deleted words"}')
    record(home, user)
    keep(home)
    do(str(home), "prune", named(home))
    (before,) = rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours")
    (beside / "agent-a1.meta.json").write_text('{"agentType":"explore","description":"deleted words","x":1}')
    record(home, user)
    assert named(home) == []
    path.unlink()
    path.write_bytes(b'{"type":"mode"}\n' + content)
    (project / "copy.jsonl").write_bytes(content)
    record(home, user)
    assert named(home) == []
    path.write_bytes(b'{"type":"mode"}\n' + content + prompt(8) + answer(8, output=1000))
    record(home, user)
    keep(home)
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [
        (before[0] + 1, before[1] + 1000)
    ]
    assert rows(home, "select prompt_id from prompts where session_id like '%001'") == [("p8",)]
    assert [name for name in files(home) if b"5e551011-0000-4000-8000-000000000001" in name] == []
    check_every_byte(home)
    check_costs(home)


@pytest.mark.promise("S16")
def test_S16_deleted_stays_deleted_when_its_file_is_rewritten(home: Path, user: Path, project: Path) -> None:
    rewritten(home, user, project)


@pytest.mark.mutant("S16")
def test_S16_fails_where_only_places_in_files_are_marked(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "without_deleted", lambda _, rows: rows)
    with pytest.raises(AssertionError):
        rewritten(home, user, project)


@pytest.mark.mutant("S16")
def test_S16_fails_where_the_file_is_forgotten_with_its_facts(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "without_deleted", lambda _, rows: rows)
    monkeypatch.setattr(pruning, "MARK", "update generation set cursor = 0, carried = x'' where source_id = ?")
    with pytest.raises(AssertionError):
        again(home, user, project)


@pytest.mark.promise("S16")
def test_S16_a_collector_that_runs_deletes_too(home: Path, user: Path, project: Path) -> None:
    path = lay(project)
    record(home, user)
    with running(home, user):
        do(str(home), "prune", named(home))
        with closing(sqlite3.connect(home / "fleetmeter.db")) as reader:
            assert reader.execute(NAMED).fetchall() == []
        with open(path, "ab") as file:
            file.write(prompt(8))
        until(lambda: rows(home, "select count(*) from prompt where prompt_id like 'p8%'") == [(1,)])
    record(home, user)
    assert rows(home, "select count(*) from prompt where prompt_id like 'p2%'") == [(0,)]


def test_alerts_of_a_deleted_session_go_with_it_and_others_stay(home: Path, user: Path, project: Path) -> None:
    lay(project)
    record(home, user)
    ids = ("5e551011-0000-4000-8000-000000000001", FORK, None)
    readings = [Reading("waiting", f"{id_}", 1.0, 0.0, "words", "rm", session_id=id_) for id_ in ids]
    with closing(connect_writer(path_in(home), 0)) as connection:
        opens = [Change("open", None, reading) for reading in readings]
        alerts.apply(connection, opens, [Sink("a", "desktop")], "2026-11-20T10:00:00.000Z")
    do(str(home), "prune", named(home))
    assert rows(home, "select session_id from alerts order by alert_id") == [(FORK,), (None,)]
    assert rows(home, "select alert_id from alert_delivery order by 1") == [(2,), (3,)]
