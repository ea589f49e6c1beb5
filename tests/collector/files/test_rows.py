"""An agent's database: what is committed is recorded, exactly once, and its writer never waits for us."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.collector.opencode_agent import Agent
from tests.collector.recorded import check_same, record, rows, source, views

ACCOUNTED = {
    "sources": {"generation", "size_bytes", "cursor_bytes", "records", "state", "reason"},
    "responses": {"byte_offset"},
}


@pytest.fixture
def path(user: Path) -> Path:
    """Where the database lies."""
    return user / ".local" / "share" / "opencode" / "opencode.db"


def counted(home: Path) -> tuple[int, int, int]:
    """Answers, output tokens, input tokens: as the sums know them."""
    return rows(
        home,
        "select coalesce(sum(responses), 0), coalesce(sum(output_tokens), 0), coalesce(sum(input_tokens), 0) "
        "from usage_quarter_hours",
    )[0]


def expect_like_clean(home: Path, user: Path) -> None:
    """All rows are those of a newborn collector, but for how the source was read."""
    clean = home.with_name("clean_home")
    shutil.rmtree(clean, ignore_errors=True)
    record(clean, user)
    check_same(views(home, without=ACCOUNTED), views(clean, without=ACCOUNTED))


@pytest.mark.parametrize("has_log", [True, False])
def test_growth_is_recorded_exactly_once_and_growth_of_the_wal_alone_is_news(
    home: Path, user: Path, path: Path, has_log: bool
) -> None:
    agent = Agent(path, has_log=has_log)
    session = agent.session()
    for turn in range(1, 5):
        before = os.stat(path)
        agent.talk(session, 1)
        assert os.stat(path).st_size == before.st_size, "all of it lies in the write-ahead log"
        summary = record(home, user)
        assert (summary.changed, summary.responses, summary.rejected) == (1, 1, 0)
        assert counted(home) == (turn, turn * 6, turn * 100)
        time.sleep(0.03)  # a file changed within the tick of its clock is looked at once more
        record(home, user)
        summary = record(home, user)
        assert (summary.bytes, summary.changed) == (0, 0), "to read it is no news of it"
    agent.database.execute("pragma wal_checkpoint(truncate)").fetchall()
    assert record(home, user).records == 0
    agent.close()
    assert record(home, user).records == 0
    assert source(home, path)["generation"] == 1
    expect_like_clean(home, user)


def test_a_database_at_rest_is_read_without_a_trace(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    agent.talk(agent.session(), 2)
    agent.close()
    before = [(entry.name, entry.stat().st_mtime_ns, entry.read_bytes()) for entry in path.parent.iterdir()]
    record(home, user)
    assert counted(home)[0] == 2
    assert [(entry.name, entry.stat().st_mtime_ns, entry.read_bytes()) for entry in path.parent.iterdir()] == before


def test_what_a_killed_program_left_in_the_log_is_read(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    agent.talk(agent.session(), 2)
    agent.crash()
    log = Path(f"{path}-wal")
    content = log.read_bytes()
    assert content
    record(home, user)
    assert counted(home)[0] == 2
    assert log.read_bytes() == content


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_the_writer_never_waits(home: Path, user: Path, path: Path, mode: str) -> None:
    """Commits and checkpoints go on while we read again and again; none takes much longer than without us."""
    agent = Agent(path, mode=mode)
    agent.database.execute("pragma synchronous = off")  # it is about locks, not about the disk
    session = agent.session()
    agent.talk(session, 300)
    child = subprocess.Popen(
        [sys.executable, "-c", LOOKS, str(home), str(user), str(Path(__file__).parents[3])], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    slowest, blocked, commits = 0.0, 0, 0
    until = time.monotonic() + 3
    while time.monotonic() < until:
        start = time.monotonic()
        agent.touch(session)
        slowest, commits = max(slowest, time.monotonic() - start), commits + 1
        if mode == "wal" and not commits % 50:
            busy, in_log, done = agent.database.execute("pragma wal_checkpoint(passive)").fetchone()
            blocked += busy or in_log != done
    agent.talk(session, 1)
    child.terminate()
    child.communicate()
    assert commits > 100
    assert slowest < 8.0, f"a commit took {slowest:.2f} s"
    assert blocked <= commits // 50 // 2, "checkpoints could hardly ever finish"
    record(home, user)
    assert counted(home)[0] == 301
    expect_like_clean(home, user)


LOOKS = """
import sys
sys.path.insert(0, sys.argv[3])
from collector.recording.once import collect_once
collect_once(sys.argv[1], {}, sys.argv[2])
print("ready", flush=True)
while True:
    collect_once(sys.argv[1], {}, sys.argv[2])
"""


def test_a_kill_at_any_instant_loses_and_doubles_nothing(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    sessions = [agent.session() for _ in range(3)]
    for kill in range(12):
        for session in sessions:
            agent.talk(session, 4)
        code = LOOKS.replace("import sys\n", f"import sys\n{SMALL}", 1)
        child = subprocess.Popen([sys.executable, "-c", code, str(home), str(user), str(Path(__file__).parents[3])])
        time.sleep(0.15 + kill * 0.02)
        child.kill()
        child.wait()
    record(home, user)
    assert counted(home)[0] == 12 * 12
    expect_like_clean(home, user)


SMALL = "sys.path.insert(0, sys.argv[3])\nimport collector.recording.read, collector.files.rows\n"
SMALL += "collector.recording.read.PORTION_BYTES = 3000\ncollector.rows.BATCH_ROWS = 3\n"


def test_a_deleted_session_stays_counted_and_the_places_it_frees_are_no_gap(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    kept, deleted = agent.session(), agent.session()
    agent.talk(kept, 2)
    agent.talk(deleted, 3)
    record(home, user)
    agent.delete(deleted)  # its rows were the last ones: theirs are the places of the next
    agent.talk(kept, 4)
    record(home, user)
    assert counted(home)[0] == 9
    agent.database.execute("vacuum")
    agent.talk(kept, 1)
    record(home, user)
    assert counted(home)[0] == 10
    assert source(home, path)["generation"] == 1
    ids = rows(home, "select uuid, count(*) from record where uuid is not null group by uuid having count(*) > 1")
    assert ids == [], "no event is recorded twice"


def test_pruned_events_are_no_loss(home: Path, user: Path, path: Path) -> None:
    """Sessions that are idle for days lose their events; the tables still tell, also of what was never seen."""
    agent = Agent(path)
    seen = agent.session()
    agent.talk(seen, 2)
    record(home, user)
    unseen = agent.session()
    agent.talk(unseen, 3)
    agent.talk(seen, 1)
    agent.forget(seen)
    agent.forget(unseen)
    record(home, user)
    assert counted(home)[0] == 6
    agent.talk(seen, 1)  # its log begins anew, without its beginning
    record(home, user)
    assert counted(home)[0] == 7
    assert source(home, path)["generation"] == 1
    expect_like_clean(home, user)


def test_another_database_in_its_place_is_a_new_generation(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    agent.talk(agent.session(), 3)
    agent.close()
    backup = path.with_name("backup")
    shutil.copy(path, backup)
    record(home, user)
    path.unlink()
    other = Agent(path, seed="b")
    other.now += 10_000_000
    other.talk(other.session(), 2)
    other.close()
    record(home, user)
    assert source(home, path)["generation"] == 2
    assert counted(home)[0] == 5, "what was billed stays counted"
    shutil.copy(backup, path)
    record(home, user)
    assert counted(home)[0] == 5, "and a backup that is put back counts nothing twice"


def test_a_backup_of_the_same_database_goes_on(home: Path, user: Path, path: Path) -> None:
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 2)
    agent.close()
    backup = path.with_name("backup")
    shutil.copy(path, backup)
    agent = Agent(path, seed="c")
    agent.now += 1_000_000
    agent.talk(session, 2)
    agent.close()
    record(home, user)
    shutil.copy(backup, path)
    agent = Agent(path, seed="d")
    agent.now += 2_000_000
    agent.talk(session, 1)
    agent.close()
    record(home, user)
    assert counted(home)[0] == 5
    assert source(home, path)["generation"] == 1
