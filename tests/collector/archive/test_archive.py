"""The archive: every byte that was recorded, written behind, whatever happens meanwhile."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from collector.archive.prove import prove
from store import archive, blocks
from store.archive_pending import backlog
from store.config import Archiving
from store.errors import FleetmeterError
from tests.collector.archive.archived import asked, change, check_kept, check_prefix, files, keep
from tests.collector.claude_tree import Growth, lay_tree
from tests.collector.daemons import running, status, until
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import record, rows
from tests.collector.transcript import answer, prompt

CHILD = Path(__file__).with_name("archive_child.py")


def test_every_byte_that_was_recorded_is_kept(home: Path, user: Path, project: Path) -> None:
    conversations = lay_tree(project, turns=6)
    record(home, user)
    assert backlog(home).files
    assert keep(home).files == backlog(home).kept_files
    assert backlog(home).files == 0
    check_kept(home, project)
    growth = Growth(project, conversations, seed=1)
    for _ in range(20):
        growth.step()
    record(home, user)
    keep(home)
    growth.finish()
    record(home, user)
    keep(home)
    check_kept(home, project)
    assert prove(str(home)).findings == []
    assert keep(home) == (0, 0), "a second round finds nothing to do"


def test_what_lies_beside_a_session_is_kept_too(home: Path, user: Path, project: Path) -> None:
    (project / "s1.jsonl").write_bytes(prompt(1) + answer(1))
    beside = [
        project / "s1" / "tool-results" / "b1.txt", project / "s1" / "workflows" / "scripts" / "x.js",
        user / ".claude" / "file-history" / "s1" / "abc@v1", user / ".claude" / "tasks" / "s1" / "1.json",
        user / ".claude" / "todos" / "s1-agent-s1.json",
    ]  # fmt: skip
    for path in [*beside, user / ".claude" / "todos" / "s2-agent-s2.json"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name} holds this")
    record(home, user)
    keep(home)
    found = files(home)
    assert {path for path, (one, _) in found.items() if one.kind == "beside"} == {os.fsencode(p) for p in beside}
    assert all(found[os.fsencode(path)][1] == path.read_bytes() for path in beside)
    beside[0].write_text("the next version")
    with open(project / "s1.jsonl", "ab") as file:
        file.write(prompt(2))
    record(home, user)
    keep(home)
    assert files(home)[os.fsencode(beside[0])][1] == b"the next version"


def test_blocks_stand_for_themselves(home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    monkeypatch.setattr("collector.archive.keep.BLOCK", 4096)
    path = project / "s.jsonl"
    path.write_bytes(b"".join(prompt(number, f"{number} " * 50) for number in range(200)))
    record(home, user)
    keep(home)
    (hit,) = asked(home, "select content_id, packed from content order by content_id limit 1 offset 3")
    change(home, "update content set packed = ? where content_id = ?", (hit[1][:-9] + b"\0" + hit[1][-8:], hit[0]))
    content, missing = path.read_bytes(), 0
    with closing(sqlite3.connect(home / archive.NAME)) as connection:
        for row in connection.execute(blocks.BLOCKS, (1, 0)).fetchall():
            try:
                assert blocks.unpack(row) == content[row[0] : row[0] + 4096]
            except blocks.Damaged:
                missing += 1
    assert missing == 1
    assert [finding.where for finding in prove(str(home)).findings] == [f"{archive.NAME}: {path}"]


def test_bytes_that_two_files_share_are_kept_once(home: Path, user: Path, project: Path) -> None:
    shared = b"".join(prompt(number, "x" * 1000) for number in range(1100))
    (project / "a.jsonl").write_bytes(shared + prompt(2001))
    (project / "b.jsonl").write_bytes(shared + prompt(2002))
    record(home, user)
    keep(home)
    check_kept(home, project)
    assert asked(home, "select count(*), count(distinct content_id) from block") == [(4, 3)]


def test_a_file_that_was_rewritten_meanwhile_is_not_taken_for_what_was_recorded(
    home: Path, user: Path, project: Path
) -> None:
    path = project / "s.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    keep(home)
    with open(path, "ab") as file:
        file.write(prompt(2))
    record(home, user)
    path.write_bytes(prompt(3, "another text of another length") + answer(3) * 3)
    keep(home)
    ((_, content),) = files(home).values()
    assert content == prompt(1) + answer(1)
    record(home, user)
    keep(home)
    contents = [content for _, content in files(home).values()]
    assert path.read_bytes() in contents
    assert asked(home, "select count(*) from file") == [(2,)], "both generations are kept"


def test_a_file_that_is_gone_is_told_and_its_archive_stays(home: Path, user: Path, project: Path) -> None:
    kept_one, lost_one = project / "kept.jsonl", project / "lost.jsonl"
    kept_one.write_bytes(prompt(1))
    record(home, user)
    keep(home)
    lost_one.write_bytes(prompt(2))
    record(home, user)
    kept_one.unlink()
    lost_one.unlink()
    record(home, user)
    keep(home)
    assert set(files(home)) == {os.fsencode(kept_one)}
    assert backlog(home)[:1] + backlog(home)[4:] == (0, 1)


def test_nothing_is_kept_where_it_is_off_and_limits_drop_the_oldest(home: Path, user: Path, project: Path) -> None:
    for number, days in enumerate((100, 50, 1)):
        path = project / f"{number}.jsonl"
        path.write_bytes(prompt(number, random.Random(number).randbytes(20_000).hex()))
        at = time.time() - days * 86400
        os.utime(path, (at, at))
    record(home, user)
    assert keep(home, Archiving(is_on=False)) == (0, 0)
    assert not archive.exists(home)
    keep(home, Archiving(keep_days=80))
    assert len(files(home)) == 2
    keep(home)
    assert len(files(home)) == 3
    size = (home / archive.NAME).stat().st_size
    keep(home, Archiving(max_bytes=50_000))
    assert [os.path.basename(path) for path in sorted(files(home))] == [b"1.jsonl", b"2.jsonl"]
    assert (home / archive.NAME).stat().st_size < size
    assert keep(home) == (0, 0), "what was dropped is not archived again"


def test_what_may_soon_be_removed_goes_first(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[bytes] = []
    for name, days in (("new", 0), ("risk", 8), ("middle", 3), ("more", 9)):
        path = project / f"{name}.jsonl"
        path.write_bytes(prompt(1, name))
        at = time.time() - days * 86400
        os.utime(path, (at, at))
    (user / ".claude" / "settings.json").write_text('{"cleanupPeriodDays": 14, "other": [1]}')
    record(home, user)
    monkeypatch.setattr(
        "collector.archive.archiving.Keeper.keep", lambda _, item: order.append(os.path.basename(item.raw_path)) or True
    )
    keep(home)
    assert order == [b"more.jsonl", b"risk.jsonl", b"new.jsonl", b"middle.jsonl"]


def test_an_archive_of_another_database_speaks_of_other_files(home: Path, user: Path, project: Path) -> None:
    path = project / "s.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    keep(home)
    for name in ("fleetmeter.db", "fleetmeter.db-wal", "fleetmeter.db-shm"):
        (home / name).unlink(missing_ok=True)
    (project / "a.jsonl").write_bytes(prompt(7))
    record(home, user)
    keep(home)
    check_kept(home, project)
    orphans = "select count(*), sum(generation_id is null) from file"
    assert asked(home, orphans) == [(3, 1)]
    assert asked(home, "select count(*) from content") == [(2,)]


def test_rows_of_an_agents_database_wait_in_ours_until_they_are_kept(home: Path, user: Path) -> None:
    agent = Agent(user / ".local" / "share" / "opencode" / "opencode.db")
    session = agent.session()
    agent.talk(session, 1)
    record(home, user)
    ((generation, cursor, waiting),) = rows(
        home, "select generation_id, cursor, (select sum(length) from row_line) from generation"
    )
    assert waiting == cursor
    keep(home)
    agent.talk(session, 1)
    agent.close()
    record(home, user)
    assert rows(home, "select min(byte_offset) from row_line") == [(cursor,)], "what is kept waits no longer"
    keep(home)
    ((one, content),) = files(home).values()
    assert (one.generation_id, one.covers) == (generation, len(content))
    lengths = rows(home, "select byte_offset, length from record where generation_id = ?", (generation,))
    assert all(content[place + length - 1 : place + length] == b"\n" for place, length in lengths)
    assert sum(length for _, length in lengths) == len(content) > cursor


def test_a_compressed_file_is_kept_as_it_lies_there(home: Path, user: Path) -> None:
    folder = user / ".codex" / "sessions"
    folder.mkdir(parents=True)
    path = folder / "rollout-2026-01-01T00-00-00-5e551011-0000-4000-8000-000000000001.jsonl.zst"
    path.write_bytes(zstandard.ZstdCompressor().compress(b'{"type":"session_meta","payload":{"id":"x"}}\n'))
    record(home, user)
    keep(home)
    assert files(home)[os.fsencode(path)][1] == path.read_bytes()
    assert keep(home) == (0, 0)


def check_kills(home: Path, user: Path, project: Path, kills: int, mutant: str = "none") -> None:
    """Killed at any instant, the archive is a prefix of what is recorded, and is made whole by the next one."""
    growth = Growth(project, lay_tree(project, turns=30), seed=2)
    choose = random.Random(kills)
    for _ in range(kills):
        growth.step()
        record(home, user)
        with subprocess.Popen([sys.executable, str(CHILD), mutant, str(home)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(choose.uniform(0, 0.03))
            child.kill()
        if archive.exists(home):
            check_prefix(home)
            assert [one for one in prove(str(home)).findings if one.where.startswith(archive.NAME)] == []
    growth.finish()


def test_whoever_archives_may_be_killed(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    monkeypatch.setattr("collector.archive.keep.BLOCK", 4096)
    check_kills(home, user, project, kills=8)
    record(home, user)
    keep(home)
    check_kept(home, project)


def test_a_kill_shows_where_blocks_and_what_is_said_of_them_are_written_one_by_one(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    monkeypatch.setattr("collector.archive.keep.BLOCK", 4096)
    with pytest.raises((AssertionError, blocks.Damaged)):
        check_kills(home, user, project, kills=30, mutant="no-transaction")


def test_a_collector_that_runs_archives_behind(home: Path, user: Path, project: Path) -> None:
    (project / "s.jsonl").write_bytes(prompt(1) + answer(1))
    with running(home, user, "archive-soon"):
        until(lambda: archive.exists(home) and backlog(home).kept_files == 1, 30)
        until(lambda: status(home)["archive"]["state"] == "idle")
        assert status(home)["archive"]["backlogFiles"] == 0
    check_kept(home, project)


def test_a_damaged_archive_stops_no_recording(home: Path, user: Path, project: Path) -> None:
    (project / "s.jsonl").write_bytes(prompt(1))
    record(home, user)
    (home / archive.NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(FleetmeterError, match=r"fleetmeter-archive\.db is no database"):
        keep(home)
    with running(home, user, "archive-soon"):
        until(lambda: status(home)["archive"]["trouble"], 30)
        with open(project / "s.jsonl", "ab") as file:
            file.write(prompt(2))
        until(lambda: rows(home, "select count(*) from record") == [(2,)])


@pytest.mark.full
def test_the_archive_of_the_corpus_is_a_fifth_of_it(home: Path, tmp_path: Path) -> None:
    from tests.collector.published import CORPUS

    user = tmp_path / "published"
    (user / ".claude").mkdir(parents=True)
    (user / ".codex").mkdir()
    (user / ".claude" / "projects").symlink_to(CORPUS / "claude")
    (user / ".codex" / "sessions").symlink_to(CORPUS / "codex")
    size = record(home, user).bytes
    keep(home)
    assert (home / archive.NAME).stat().st_size <= size / 5
