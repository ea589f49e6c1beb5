"""S2, S3: a disk that is full, and a reader that never ends: nothing is lost, and the log keeps its bound."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from collector.recording import pace
from store.errors import FleetmeterError
from tests.collector.daemons import calm, count, lag, lay, running, status, until
from tests.collector.recorded import check_every_byte, record
from tests.collector.transcript import prompt

BOUND = 2 << 20


def check_s2(home: Path, project: Path, mutant: str) -> None:
    """The disk gets full while lines are written: what was recorded stays, readers go on, and so does it later."""
    path, full = project / "a.jsonl", home.with_name("full")
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2], mutant):
        calm(home)
        lag(home, path, 1)
        known = count(home)
        full.touch()
        with path.open("ab") as file:
            file.write(b"".join(prompt(n, "x" * 1500, sessionId="a", uuid=f"more-{n}") for n in range(2, 400)))
        until(lambda: "full" in ((status(home)["lastError"] or {}).get("words") or ""))
        assert known <= count(home) < 400
        full.unlink()
        assert until(lambda: count(home) == 400, 10) < 10
    check_every_byte(home)


@pytest.mark.promise("S2")
@pytest.mark.timed
def test_S2_a_full_disk_loses_nothing_and_it_goes_on_by_itself(home: Path, project: Path) -> None:
    check_s2(home, project, "full-disk")


@pytest.mark.mutant("S2")
def test_S2_fails_for_one_that_gives_up(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_s2(home, project, "gives-up")


def check_s3(home: Path, project: Path, mutant: str, *, is_half_fetched: bool) -> None:
    """A reader holds an old view of the database: the log stays within its bound, and status says why nothing moves."""
    with running(home, project.parents[2], mutant):
        lay(project, 5, 20)
        until(lambda: count(home) == 100)
        log = home / "fleetmeter.db-wal"
        with closing(sqlite3.connect(home / "fleetmeter.db", isolation_level=None)) as reader:
            if not is_half_fetched:
                reader.execute("begin")
            reading = reader.execute("select * from record")
            reading.fetchone()
            if not is_half_fetched:
                reading.fetchall()
            lay(project, 60, 40, "x" * 1800, "more")
            until(lambda: status(home)["state"] == "held up" or count(home) == 2500)
            assert log.stat().st_size < 2 * BOUND
            assert status(home)["walHeldUpBytes"] >= BOUND / 2
            recorded = count(home)
            time.sleep(1.0)
            assert count(home) == recorded < 2500
            reading.close()
        assert until(lambda: count(home) == 2500, 10) < 10
        assert status(home)["state"] != "held up"
    check_every_byte(home)


@pytest.mark.promise("S3")
@pytest.mark.parametrize("is_half_fetched", [False, True])
def test_S3_a_stuck_reader_cannot_grow_the_log(home: Path, project: Path, is_half_fetched: bool) -> None:
    check_s3(home, project, "small-log", is_half_fetched=is_half_fetched)


@pytest.mark.promise("S3")
def test_S3_readers_that_follow_one_another_cannot_either(home: Path, project: Path) -> None:
    """Four of them, one of which reads at any moment: the log never becomes free by itself."""
    is_over = threading.Event()

    def read(number: int) -> None:
        with closing(sqlite3.connect(home / "fleetmeter.db", isolation_level=None)) as reader:
            is_over.wait(0.1 * number)
            while not is_over.is_set():
                reader.execute("begin")
                reader.execute("select count(*) from record").fetchone()
                is_over.wait(0.4)
                reader.execute("commit")

    with running(home, project.parents[2], "small-log"):
        calm(home)
        readers = [threading.Thread(target=read, args=(number,)) for number in range(4)]
        for reader in readers:
            reader.start()
        try:
            lay(project, 60, 40, "x" * 1800, "more")
            until(lambda: status(home)["state"] == "held up" or count(home) == 2400)
            assert (home / "fleetmeter.db-wal").stat().st_size < 2 * BOUND
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
        assert until(lambda: count(home) == 2400, 12) < 10
    check_every_byte(home)


@pytest.mark.promise("S3")
def test_S3_nor_that_of_one_look_at_everything(home: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BOUND", 1 << 20)
    monkeypatch.setattr(pace, "PATIENCE_S", 0.3)
    lay(project, 30, 600, "x" * 200)
    user = project.parents[2]
    with closing(sqlite3.connect(home / "fleetmeter.db", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from record").fetchone()
        with pytest.raises(FleetmeterError, match="does not end") as raised:
            record(home, user)
        assert "run it again" in raised.value.hint
        assert (home / "fleetmeter.db-wal").stat().st_size > pace.BOUND
    assert record(home, user).sources == 30  # it is told, and nothing is lost
    assert count(home) == 30 * 600


@pytest.mark.mutant("S3")
def test_S3_fails_without_a_bound(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_s3(home, project, "no-bound", is_half_fetched=False)
