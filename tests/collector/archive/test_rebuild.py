"""Facts made anew from the lines they came from: the same, whatever is gone, whoever is killed meanwhile."""

import json
import random
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from collector.archive import anew as renewing
from collector.archive import rebuild as rebuilding
from collector.archive.rebuild import Rebuild, Rebuilt, rebuild
from collector.daemon.errands import do
from store.batch import Rows
from store.database import open_writer
from store.errors import NoDatabaseYet
from store.only import OF_RUNS, OF_SESSIONS, OF_THE_ACCOUNT
from tests.collector.archive.archived import keep
from tests.collector.archive.remade import GONE, check_all_made, check_remade, delete_all, raise_versions
from tests.collector.claude_tree import lay_tree
from tests.collector.daemons import calm, running, status, until
from tests.collector.opencode_agent import Agent
from tests.collector.published import CORPUS, needed
from tests.collector.recorded import check_every_byte, check_same, record, rows, views
from tests.collector.transcript import SESSION, answer, prompt

CHILD = Path(__file__).with_name("rebuild_child.py")

FOLDER = Path(__file__).parents[1] / "sources"
CASES = sorted(path.parent for path in FOLDER.glob("*/*/expected.json"))


def has_environ(case: Path) -> bool:
    return "environ" in json.loads((case / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "case", [case for case in CASES if not has_environ(case)], ids=lambda case: f"{case.parent.name}-{case.name}"
)
def test_every_golden_home_is_the_same_made_anew_without_its_files(
    case: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "user"
    shutil.copytree(case / "user", user, dirs_exist_ok=True)
    check_remade(home, user, monkeypatch)


@needed
@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_part_of_the_corpus_is_the_same_made_anew(
    agent: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = tmp_path / "published"
    place = user / (".claude/projects/p" if agent == "claude" else ".codex/sessions")
    place.mkdir(parents=True)
    size = 0
    for folder in sorted((CORPUS / agent).iterdir()):
        size += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if size > 6_000_000:
            break
        shutil.copytree(folder, place / folder.name)
    check_remade(home, user, monkeypatch)


@pytest.mark.full
@needed
def test_the_whole_corpus_is_the_same_made_anew(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = tmp_path / "published"
    shutil.copytree(CORPUS / "claude", user / ".claude" / "projects" / "p")
    shutil.copytree(CORPUS / "codex", user / ".codex" / "sessions")
    check_remade(home, user, monkeypatch)


def test_rows_of_a_database_are_made_anew_of_the_lines_that_were_made_of_them(
    home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Agent(user / ".local" / "share" / "opencode" / "opencode.db")
    session = agent.session()
    agent.talk(session, 2)
    record(home, user)
    keep(home)
    agent.talk(session, 1)
    agent.talk(agent.fork(session), 1)
    agent.close()
    record(home, user)  # these lines still wait
    before = views(home, without=GONE)
    delete_all(user)
    raise_versions(monkeypatch)
    record(home, user)
    check_same(views(home, without=GONE), before)
    check_all_made(home)


def check_kills(home: Path, kills: int, mutant: str = "none") -> None:
    """Killed at any instant, all is as it was, and the next one makes the rest."""
    before = views(home)
    choose = random.Random(kills)
    for _ in range(kills):
        with subprocess.Popen([sys.executable, str(CHILD), mutant, str(home)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            for _ in range(choose.randrange(1, 6)):
                child.stdout.readline()
            time.sleep(choose.uniform(0, 0.02))
            child.kill()
        check_same(views(home), before)


def test_whoever_rebuilds_may_be_killed(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    lay_tree(project, turns=6)
    record(home, user)
    check_kills(home, kills=4)
    before = views(home)
    raise_versions(monkeypatch)
    record(home, user)
    check_same(views(home), before)
    check_all_made(home)


def test_a_kill_shows_where_a_family_is_written_in_parts(home: Path, user: Path, project: Path) -> None:
    lay_tree(project, turns=6)
    record(home, user)
    with pytest.raises(AssertionError):
        check_kills(home, kills=20, mutant="no-transaction")


def test_what_a_newer_version_says_takes_the_place_of_what_was_said(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1, "a word") + answer(1, output=11))
    record(home, user)
    monkeypatch.setattr("store.write_events.UPSERT_PROMPT", _louder())
    raise_versions(monkeypatch)
    record(home, user)
    assert rows(home, "select text from prompt") == [("A WORD",)]
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hour") == [(1, 11)]
    with open(path, "ab") as file:
        file.write(prompt(2))
    record(home, user)
    assert rows(home, "select count(*), count(distinct generation_id) from record") == [(3, 1)]


def _louder() -> str:
    from store.write_events import UPSERT_PROMPT

    return UPSERT_PROMPT.replace("values (?, ?, ?, ?, ?, ?,", "values (?, ?, ?, ?, ?, upper(?),")


def test_what_has_lost_its_lines_stays_as_it_is(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate("ab", start=1):
        said = prompt(number, sessionId=name) + answer(number, sessionId=name)
        (project / f"{name}.jsonl").write_bytes(said)
    record(home, user)
    (project / "a.jsonl").unlink()  # nothing of it was archived
    record(home, user)
    before = views(home, without=GONE)
    raise_versions(monkeypatch)
    record(home, user)
    check_same(views(home, without=GONE), before)
    made = "select path like '%a.jsonl', made_by, left_by from source join generation using (source_id) order by 1"
    assert rows(home, made) == [(0, 2, 2), (1, 1, 2)]
    monkeypatch.setattr(rebuilding.Rebuild, "step", None)  # what was tried in vain is not tried again
    record(home, user)


def test_what_was_deleted_does_not_come_back(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = Agent(user / ".local" / "share" / "opencode" / "opencode.db")
    agent.talk(agent.session(), 1)
    agent.talk(agent.session(), 2)
    (project / f"{SESSION}.jsonl").write_bytes(prompt(1) + answer(1))
    record(home, user)
    do(str(home), "prune", [key for (key,) in rows(home, "select min(session_key) from session group by account_id")])
    before = views(home)
    assert len(before["sessions"]) == 1
    raise_versions(monkeypatch)
    record(home, user)
    check_same(views(home), before)
    agent.close()


def test_by_hand_all_is_made_anew_or_one_agents(home: Path, user: Path, project: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDatabaseYet):
        rebuild(str(tmp_path / "nothing"), None)
    lay_tree(project, turns=2)
    record(home, user)
    before = views(home)
    assert rebuild(str(home), "codex") == Rebuilt(0, 0)
    done = rebuild(str(home), None)
    assert done.made and not done.left
    check_same(views(home), before)


def test_a_collector_that_runs_makes_anew_behind_live_lines(home: Path, user: Path, project: Path) -> None:
    lay_tree(project, turns=3)
    path = project / "live.jsonl"
    path.write_bytes(prompt(1, sessionId="live"))
    record(home, user)
    with running(home, user, "newer"):
        until(lambda: rows(home, "select count(*) from generation where made_by <> 2 and cursor > 0") == [(0,)])
        until(lambda: rows(home, "select value like '%claude=2%' from meta where name = 'made_by'") == [(1,)])
        calm(home)
        done = rebuild(str(home), "claude")
        assert done.is_behind and done.made
        with path.open("ab") as file:
            file.write(prompt(2, uuid="last", sessionId="live"))
        until(lambda: not status(home)["rebuild"]["waiting"])
        until(lambda: rows(home, "select 1 from record where uuid = 'last'"))
    clean = home.with_name("clean_home")
    record(clean, user)
    check_same(views(home), views(clean))


def test_a_reading_of_limits_that_no_line_tells_any_more_goes(home: Path, tmp_path: Path) -> None:
    user = tmp_path / "user"
    shutil.copytree(next(case for case in CASES if case.name == "limits") / "user", user)
    record(home, user)
    keep(home)
    before = rows(home, "select * from limit_reading")
    assert before
    with closing(open_writer(home)) as connection:
        connection.execute("update limit_reading set at = '2020' where at = (select min(at) from limit_reading)")
    rebuild(str(home), None)
    assert rows(home, "select * from limit_reading") == before


def test_what_is_recorded_between_the_plan_and_the_making_stays(home: Path, user: Path, project: Path) -> None:
    path, fork = project / "live.jsonl", project / "fork.jsonl"
    path.write_bytes(prompt(1, sessionId="live") + answer(1, sessionId="live"))
    record(home, user)
    with closing(open_writer(home)) as connection, closing(Rebuild(connection, str(home), is_forced=True)) as planned:
        with path.open("ab") as file:
            file.write(prompt(2, sessionId="live") + answer(2, sessionId="live"))
        fork.write_bytes(prompt(1, sessionId="fork") + answer(1, sessionId="fork") + answer(3, sessionId="fork"))
        beside = project / "live" / "subagents"
        beside.mkdir(parents=True)
        (beside / "agent-a1.jsonl").write_bytes(prompt(4, sessionId="live", agentId="a1", isSidechain=True))
        (beside / "agent-a1.meta.json").write_text('{"agentType":"explore","description":"look"}')
        record(home, user)
        while planned.waiting:
            planned.step()
    clean = home.with_name("clean_home")
    record(clean, user)
    check_same(views(home), views(clean))
    check_every_byte(home)


def test_a_large_family_waits_until_nothing_is_recorded_for_a_while(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "small.jsonl").write_bytes(prompt(1, sessionId="small"))
    (project / "large.jsonl").write_bytes(b"".join(prompt(n, sessionId="large", uuid=f"l{n}") for n in range(9)))
    record(home, user)
    monkeypatch.setattr(renewing, "LARGE", 1000)
    with closing(open_writer(home)) as connection:
        anew = renewing.Anew(connection, str(home), 1)
        assert anew.ask(None) == 2
        made: list[int] = []
        for quiet_s in (0.0, 0.0, renewing.QUIET_S):
            is_due = anew.is_due(quiet_s)
            made.append(len(anew.step()) if is_due else 0)
            monkeypatch.setattr(anew, "_next_at", 0.0)
        anew.end()
    assert made == [1, 0, 1]


def test_of_each_kind_of_row_it_is_known_whose_it_is() -> None:
    whose = {*OF_RUNS, *OF_SESSIONS, *OF_THE_ACCOUNT}
    assert whose == set(Rows.__struct_fields__) - {"agent", "account_id", "sessions", "runs"}
