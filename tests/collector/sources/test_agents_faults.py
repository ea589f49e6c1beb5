"""The promises hold for each agent: kills, calls that fail, files that are replaced, half lines, hands off."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.collector.database import build
from tests.collector.files.test_hands_off import picture
from tests.collector.files.test_rows import ACCOUNTED
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import check_same, record, rows, source, views
from tests.collector.recording.killing import answer, child
from tests.collector.recording.test_fail_at_n import CHILD
from tests.collector.recording.test_order import cut_anywhere

FOLDER = Path(__file__).parent
# Agent → golden cases that tell of all that it has, of which no two hold the same file.
CASES = {
    "codex": ("rewind_and_fork", "fork_copied", "sums_unnamed", "tools", "names"),
    "gemini": ("real", "rewind", "subagent"),
    "qwen": ("real", "tools_and_subagents", "rewind_and_branch"),
    "pi": ("real", "forks", "tree"),
    "opencode": ("basic",),
}
DATABASE = Path(".local", "share", "opencode")
LINES = tuple(agent for agent in CASES if agent != "opencode")
BILLED = "select agent, sum(responses), sum(input_tokens), sum(output_tokens) from usage_quarter_hours group by 1"

each = pytest.mark.parametrize("agent", CASES)
each_of_lines = pytest.mark.parametrize("agent", LINES)


def lay(user: Path, *agents: str) -> list[Path]:
    """The trees of these agents; gives their files of lines, the longest first."""
    for agent in agents:
        for case in CASES[agent]:
            shutil.copytree(FOLDER / agent / case / "user", user, dirs_exist_ok=True)
    build(user)
    return sorted(user.rglob("*.jsonl"), key=lambda path: (-path.stat().st_size, path))


def check_like_clean(home: Path, user: Path) -> None:
    """One more look, and all rows are those of a newborn collector."""
    record(home, user)
    clean = home.with_name("clean_home")
    record(clean, user)
    check_same(views(home, without=ACCOUNTED), views(clean, without=ACCOUNTED))
    assert {row[0] for row in rows(clean, BILLED)} == set(CASES)


@pytest.mark.promise("C1")
def test_C1_kills_while_all_agents_write_lose_and_double_nothing(home: Path, user: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    lay(whole, *CASES)
    growing = {path.relative_to(whole): path.read_bytes() for path in whole.rglob("*.jsonl")}
    shutil.copytree(whole, user, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.jsonl"))
    agent = Agent(user / DATABASE / "opencode-live.db")
    session = agent.session()
    killer = child("kill", "none", home, user, 40, "seed")
    for path, content in cut_anywhere(growing, random.Random(1)):
        place = user / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab") as file:
            file.write(content[file.tell() :])
        agent.talk(session, 1)
        time.sleep(0.01)
    assert answer(killer) == {"kills": 40}
    check_like_clean(home, user)
    ((generations, sources),) = rows(home, "select count(*), count(distinct source_id) from generation")
    assert generations == sources, "a file that only grew began a new generation"


@pytest.mark.promise("C2")
@each
def test_C2_any_call_that_fails_is_made_good(agent: str, user: Path, tmp_path: Path) -> None:
    files, work = lay(user, agent), tmp_path / "work"
    work.mkdir()
    record(work / "recorded", user)
    if files:
        first, second, *others = files
        with first.open("ab") as file:
            file.write(first.read_bytes().splitlines(keepends=True)[-1])
        second.write_bytes(b"".join(second.read_bytes().splitlines(keepends=True)[:-1]))  # rewritten
        if others:
            others[0].rename(others[0].with_name("x" + others[0].name))
    else:
        with closing(sqlite3.connect(user / DATABASE / "opencode.db")) as database:
            database.execute("update session set title = 'another', time_updated = time_updated + 1")
            database.execute("delete from event where seq > 30")
            database.commit()
    command = [sys.executable, CHILD, "none", user, work, "before,after,full", "97", "53"]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    for recording in ("birth", "news"):
        assert found[recording]["tried"] >= 2
        assert found[recording]["wrong"] == [], recording


def replaced(path: Path, content: bytes) -> None:
    fresh = path.with_name("fresh")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def made_again(path: Path, content: bytes) -> None:
    path.unlink()  # the file system gives its inode to the next one
    path.write_bytes(content)


def in_place(path: Path, content: bytes) -> None:
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()


WAYS: dict[str, Callable[[Path, bytes], None]] = {
    "replaced": replaced, "made-again": made_again, "in-place": in_place
}  # fmt: skip


@pytest.mark.promise("C5")
@pytest.mark.promise("C6")
@pytest.mark.parametrize("way", WAYS)
@each_of_lines
def test_C5_C6_another_file_in_its_place_is_a_new_generation_and_what_was_billed_stays(
    agent: str, way: str, home: Path, user: Path
) -> None:
    path = lay(user, agent)[0]
    record(home, user)
    billed, content = rows(home, BILLED), path.read_bytes()
    lines = content.splitlines(keepends=True)
    WAYS[way](path, b"".join(lines[: len(lines) // 2]))
    record(home, user)
    assert rows(home, BILLED) == billed
    assert source(home, path)["generation"] == 2
    WAYS[way](path, content)
    record(home, user)
    assert rows(home, BILLED) == billed
    # Where the name leads to one inode as before, what is there goes on from what was read of it.
    assert source(home, path)["generation"] == 3 if way == "replaced" else source(home, path)["generation"] in (2, 3)
    assert (source(home, path)["state"], source(home, path)["cursor_bytes"]) == ("read", len(content))


@pytest.mark.promise("C4")
@each_of_lines
def test_C4_a_last_line_tells_its_facts_and_is_a_record_with_its_newline(agent: str, home: Path, user: Path) -> None:
    path = lay(user, agent)[0]
    content = path.read_bytes()
    start = content.rindex(b"\n", 0, len(content) - 1) + 1
    path.write_bytes(content[: start + (len(content) - start) // 2])
    record(home, user)
    assert source(home, path)["cursor_bytes"] == start
    assert source(home, path)["rejected"] == 0
    path.write_bytes(content[:-1])
    record(home, user)
    assert source(home, path)["cursor_bytes"] == start
    told = {**views(home), "sources": []}
    with path.open("ab") as file:
        file.write(b"\n")
    record(home, user)
    assert source(home, path)["cursor_bytes"] == len(content)
    check_same({**views(home), "sources": []}, told)


@pytest.mark.promise("C13")
@pytest.mark.parametrize("name", ["session-*.json", "agent-*.meta.json"])
def test_C13_a_document_that_is_torn_is_no_row_and_the_last_whole_one_wins(name: str, home: Path, user: Path) -> None:
    lay(user, "qwen")
    shutil.copytree(FOLDER / "gemini" / "one_document" / "user", user, dirs_exist_ok=True)
    path = next(user.rglob(name))
    record(home, user)
    before, content = {**views(home), "sources": []}, path.read_bytes()
    for end in (0, 1, len(content) // 2, len(content) - 2):
        path.write_bytes(content[:end])
        assert record(home, user).unreadable == 1
        assert source(home, path)["state"] == "unreadable" and source(home, path)["reason"]
        check_same({**views(home), "sources": []}, before)
    path.write_bytes(content)
    record(home, user)
    assert source(home, path)["state"] == "read"
    check_same({**views(home), "sources": []}, before)


@pytest.mark.promise("C15")
@each
def test_C15_the_tree_stays_as_it_was(agent: str, home: Path, user: Path, tmp_path: Path) -> None:
    files = lay(user, agent)
    if files:
        outside = tmp_path / "outside.jsonl"
        shutil.copy(files[0], outside)
        files[0].with_name("session-linked.jsonl").symlink_to(outside)
    before = picture(user)
    record(home, user)
    record(home, user)
    assert picture(user) == before
    assert rows(home, "select state from sources where path like '%linked%'") == ([("skipped",)] if files else [])


@pytest.mark.promise("C14")
@each
def test_C14_a_clock_that_jumps_changes_nothing(agent: str, home: Path, user: Path, tmp_path: Path) -> None:
    """Files of the far future and of the past are read alike."""
    files = lay(user, agent) or [user / DATABASE / "opencode.db"]
    record(tmp_path / "calm", user)
    for place, path in enumerate(files):
        at = (0, 4_102_444_800)[place % 2]  # 1970, 2100
        os.utime(path, (at, at))
    record(home, user)
    check_same(views(home, without=ACCOUNTED), views(tmp_path / "calm", without=ACCOUNTED))
    assert record(home, user).records == 0
