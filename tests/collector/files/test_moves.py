"""Files that are moved from one account's root to another's: they and their sessions belong where they lie now."""

from pathlib import Path

import pytest

from tests.collector.claude_tree import Growth, lay_tree
from tests.collector.recorded import Rows, check_same, record, rows, views
from tests.collector.transcript import SESSION, answer, prompt


@pytest.fixture
def environ(user: Path) -> dict[str, str]:
    """Two more roots beside the usual one."""
    for name in ("work", "private"):
        (user / name / "projects").mkdir(parents=True)
    return {"CLAUDE_CONFIG_DIR": f"{user / 'work'},{user / 'private'}"}


def accounts(home: Path) -> Rows:
    """The accounts of the session, and the answers and tokens that are theirs."""
    return rows(home, "select account, responses, output_tokens from sessions order by account")


def check_like_clean(home: Path, user: Path, environ: dict[str, str]) -> None:
    """All rows but those of files that are gone: what is read in one piece begins anew in its new place."""
    clean = home.with_name("clean_home")
    record(clean, user, environ)
    check_same({**views(home), "sources": here(home)}, {**views(clean), "sources": here(clean)})


def here(home: Path) -> Rows:
    return rows(home, "select account, path, state, cursor_bytes from sources where state <> 'gone' order by path")


def test_a_project_that_is_moved_is_as_if_it_had_always_been_there(
    home: Path, project: Path, user: Path, environ: dict[str, str]
) -> None:
    growing = lay_tree(project, turns=3)
    record(home, user, environ)
    place = project.rename(user / "work" / "projects" / "p")
    growth = Growth(place, {place / path.relative_to(project): talk for path, talk in growing.items()}, seed=1)
    for _ in range(20):
        growth.step()
    growth.finish()
    record(home, user, environ)
    assert {row[0] for row in here(home)} == {"work"}
    assert rows(home, "select distinct account from responses") == [("work",)]
    check_like_clean(home, user, environ)


def test_a_root_that_is_renamed_keeps_its_history(home: Path, user: Path, environ: dict[str, str]) -> None:
    path = user / "work" / "projects" / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user, environ)
    (user / "work").rename(user / "play")
    environ = {"CLAUDE_CONFIG_DIR": str(user / "play")}
    record(home, user, environ)
    assert accounts(home) == [("play", 1, 10)]
    check_like_clean(home, user, environ)


def test_a_session_moves_with_the_last_of_its_files(
    home: Path, project: Path, user: Path, environ: dict[str, str]
) -> None:
    path, beside = project / f"{SESSION}.jsonl", project / SESSION
    (beside / "subagents").mkdir(parents=True)
    path.write_bytes(prompt(1) + answer(1))
    (beside / "subagents" / "agent-a1.jsonl").write_bytes(answer(2, isSidechain=True, agentId="a1"))
    record(home, user, environ)
    path.rename(user / "work" / "projects" / path.name)
    record(home, user, environ)
    assert accounts(home) == [(".claude", 2, 20)]
    beside.rename(user / "work" / "projects" / SESSION)
    record(home, user, environ)
    assert accounts(home) == [("work", 2, 20)]
    check_like_clean(home, user, environ)


def test_a_file_that_is_gone_holds_no_session_back(
    home: Path, project: Path, user: Path, environ: dict[str, str]
) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    (project / "other.jsonl").write_bytes(answer(2))
    record(home, user, environ)
    (project / "other.jsonl").unlink()
    record(home, user, environ)
    path.rename(user / "work" / "projects" / path.name)
    record(home, user, environ)
    assert accounts(home) == [("work", 2, 20)]


def test_where_both_accounts_know_a_session_each_keeps_its_own(home: Path, user: Path, environ: dict[str, str]) -> None:
    here, there = (user / name / "projects" for name in ("private", "work"))
    (here / f"{SESSION}.jsonl").write_bytes(prompt(1) + answer(1))
    (there / "other.jsonl").write_bytes(prompt(2) + answer(2))
    record(home, user, environ)
    path = (here / f"{SESSION}.jsonl").rename(there / f"{SESSION}.jsonl")
    with open(path, "ab") as file:
        file.write(answer(3))
    record(home, user, environ)
    assert accounts(home) == [("private", 1, 10), ("work", 2, 20)]
    assert rows(home, "select sum(responses), sum(output_tokens) from usage_quarter_hours") == [(3, 30)]
