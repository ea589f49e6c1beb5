"""Two processes may make the database at once, and a database has its name only when it is whole."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from store.database import open_reader, open_writer, path_in
from store.errors import FleetmeterError

CHILD = Path(__file__).with_name("child.py")


def check_s5(tmp_path: Path, steps: Path, rounds: int, mutant: str = "none") -> None:
    """Each round two processes open one new home at the same instant, and each writes a row."""
    command = [sys.executable, str(CHILD), "race", mutant, str(steps)]
    pair = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for number in range(rounds):
            home = tmp_path / f"race{number}"
            answers = [_order(process, home) for process in pair] and [_answer(process) for process in pair]
            assert answers == ["ok", "ok"]
            reader = open_reader(home, folder=steps)
            assert reader.execute("select notes from tally").fetchall() == [(2,)]
            assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
            reader.close()
            assert not list(home.glob("*.new*"))
    finally:
        for process in pair:
            process.communicate()


def _order(process: subprocess.Popen[str], home: Path) -> bool:
    assert process.stdin
    process.stdin.write(f"{home}\n")
    process.stdin.flush()
    return True


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.promise("S5")
def test_S5_two_processes_may_create_at_once(tmp_path: Path, steps: Path) -> None:
    check_s5(tmp_path, steps, rounds=20)


@pytest.mark.full
@pytest.mark.promise("S5")
def test_S5_two_processes_may_create_at_once_200_rounds(tmp_path: Path, steps: Path) -> None:
    check_s5(tmp_path, steps, rounds=200)


@pytest.mark.mutant("S5")
@pytest.mark.parametrize("mutant", ["no-lock", "in-place"])
def test_S5_fails_for(mutant: str, tmp_path: Path, steps: Path) -> None:
    with pytest.raises(AssertionError):
        check_s5(tmp_path, steps, rounds=100, mutant=mutant)


def test_a_crash_while_creating_leaves_nothing_that_counts(home: Path, steps: Path) -> None:
    home.mkdir(mode=0o700)
    for name in ("fleetmeter.db.new", "fleetmeter.db.new-wal", "fleetmeter.create.lock"):
        (home / name).write_bytes(b"half of it")
    open_writer(home, folder=steps).close()
    assert sorted(path.name for path in home.iterdir()) == ["fleetmeter.create.lock", "fleetmeter.db"]


def test_a_failing_step_leaves_no_database(home: Path, steps: Path) -> None:
    (steps / "0002_bad.sql").write_text("create table second (n integer) strict;\ncreate table second (n integer);\n")
    with pytest.raises(FleetmeterError, match="0002_bad failed"):
        open_writer(home, folder=steps)
    assert not Path(path_in(home)).exists()


def test_the_log_of_a_lost_database_is_not_replayed_into_a_new_one(home: Path, steps: Path) -> None:
    writer = open_writer(home, folder=steps)
    writer.execute("insert into note (text) values ('kept in the log')")
    log = (home / "fleetmeter.db-wal").read_bytes()
    assert log
    writer.close()
    (home / "fleetmeter.db").unlink()
    (home / "fleetmeter.db-wal").write_bytes(log)
    with pytest.raises(FleetmeterError, match="its database is gone"):
        open_writer(home, folder=steps)
    assert (home / "fleetmeter.db-wal").read_bytes() == log


def test_settings_of_the_writer(home: Path, steps: Path) -> None:
    writer = open_writer(home, folder=steps, wal_autocheckpoint=0)
    expected = {
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": 5000,
        "journal_size_limit": 4 << 20,
        "temp_store": 2,
        "wal_autocheckpoint": 0,
        "application_id": 0x666C6D74,
    }
    assert {name: writer.execute(f"pragma {name}").fetchone()[0] for name in expected} == expected
    assert writer.isolation_level is None
    writer.close()


def test_a_reader_cannot_write(home: Path, steps: Path) -> None:
    open_writer(home, folder=steps).close()
    reader = open_reader(home, folder=steps)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("insert into note (text) values ('no')")
    reader.close()


@pytest.mark.parametrize("name", ["plain", "with space", "50%41?x=1#y", "ünïcode", "new\nline", "quote'\"", "a\udcffb"])
def test_any_folder_name_will_do(tmp_path: Path, steps: Path, name: str) -> None:
    home = tmp_path / name
    open_writer(home, folder=steps).close()
    open_reader(home, folder=steps).close()
    assert (home / "fleetmeter.db").stat().st_size > 0
