"""S12: a backup is whole and proven, also while others write; one that fails leaves nothing; it can be restored."""

import os
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import aside, rescue
from store import backup as backups
from store.database import NAME, open_reader, open_writer
from store.errors import FleetmeterError
from tests.collector.recorded import check_every_byte, check_same, record, rows, views
from tests.collector.transcript import answer, prompt

Copy = Callable[[sqlite3.Connection, str, str], None]


@pytest.fixture
def user(tmp_path: Path) -> Path:
    project = tmp_path / "user" / ".claude" / "projects" / "p"
    project.mkdir(parents=True)
    (project / "a.jsonl").write_bytes(b"".join(answer(n, sessionId="a") for n in range(20)) + b"{broken\n")
    return tmp_path / "user"


def check_s12(home: Path, user: Path, rounds: int, copy: Copy = backups.write) -> None:
    """Backups while a collector records: each holds what was recorded before it was asked for, and is whole."""
    path, is_over = user / ".claude" / "projects" / "p" / "a.jsonl", threading.Event()
    record(home, user)
    restored = home

    def grow() -> None:
        number = 100
        while not is_over.is_set():
            with path.open("ab") as file:
                file.write(b"".join(answer(number := number + 1, sessionId="a") for _ in range(5)))
            record(home, user)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        for number in range(rounds):
            (before,) = rows(home, "select cursor from generation")
            target = home.parent / f"copy{number}.db"
            with closing(open_reader(home)) as reader:
                copy(reader, f"{target}.new", str(target))
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
            with closing(backups.prove(str(target))) as proven:
                assert proven.execute("select cursor from generation").fetchone() >= before
            restored = home.parent / f"restored{number}"
            restored.mkdir(0o700)
            shutil.copy(home / "device", restored)
            rescue.restore(restored, str(target))
            check_every_byte(restored)
    except (FleetmeterError, sqlite3.Error, OSError) as error:
        raise AssertionError(str(error)) from error
    finally:
        is_over.set()
        growing.join()
    record(restored, user)  # reads what is newer
    record(home, user)
    check_same(views(restored), views(home))


@pytest.mark.promise("S12")
def test_S12_backups_under_load_are_whole_and_can_be_restored(home: Path, user: Path) -> None:
    check_s12(home, user, 3)


@pytest.mark.full
@pytest.mark.promise("S12")
def test_S12_fifty_backups_under_load(home: Path, user: Path) -> None:
    check_s12(home, user, 50)


def file_alone(connection: sqlite3.Connection, _new: str, final: str) -> None:
    """The mutant that everybody writes first: a copy of the file."""
    (_, _, path) = connection.execute("pragma database_list").fetchone()
    with closing(sqlite3.connect(path)) as writer:  # what was committed since the last checkpoint is not in the file
        writer.execute("pragma wal_autocheckpoint = 0")
        shutil.copy(path, final)
    os.chmod(final, 0o600)


@pytest.mark.mutant("S12")
def test_S12_fails_for_a_copy_of_the_file_alone(home: Path, user: Path) -> None:
    record(home, user)
    with closing(open_reader(home)) as holds_the_log:
        holds_the_log.execute("begin")
        holds_the_log.execute("select count(*) from source").fetchone()
        with pytest.raises(AssertionError):
            check_s12(home, user, 3, file_alone)


class Leaky(sqlite3.Connection):
    """A VACUUM INTO that fails halfway: it leaves an empty file, which passes the integrity check."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return super().execute("select 1") if sql.startswith("vacuum") else super().execute(sql, parameters)


class Full(Leaky):
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.startswith("vacuum"):
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, parameters)


@pytest.mark.promise("S12")
@pytest.mark.parametrize(("kind", "words"), [(Leaky, "does not hold"), (Full, "disk is full")])
def test_S12_a_copy_that_fails_leaves_nothing(
    home: Path, user: Path, kind: type[sqlite3.Connection], words: str
) -> None:
    record(home, user)
    with (
        closing(sqlite3.connect(home / NAME, isolation_level=None, factory=kind)) as connection,
        pytest.raises(FleetmeterError, match=words),
    ):
        backups.back_up(connection, home, backups.USUAL, time.time())
    assert os.listdir(home / "backups") == []


@pytest.mark.promise("S12")
@pytest.mark.parametrize("kind", ["empty", "text", "foreign", "flipped", "cut", "newer", "gone"])
def test_S12_what_is_no_whole_backup_is_not_restored(home: Path, user: Path, kind: str) -> None:
    record(home, user)
    path = home.parent / "copy.db"
    with closing(open_reader(home)) as reader:
        backups.write(reader, f"{path}.new", str(path))
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("no database, but long enough to be one " * 99)
    elif kind == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif kind == "gone":
        path.unlink()
    else:
        with closing(sqlite3.connect(path)) as connection:
            if kind == "foreign":
                connection.execute("pragma application_id = 7")
            elif kind == "newer":
                connection.execute("pragma user_version = 999")
            else:
                connection.execute("update usage_quarter_hour set output_tokens = output_tokens + 1")
                connection.commit()
    before = views(home)
    with pytest.raises(FleetmeterError) as raised:
        rescue.restore(home, str(path))
    assert raised.value.hint and str(path) in str(raised.value)
    assert views(home) == before
    assert not aside.all_aside(home) and not list(home.glob("*restored*"))


def test_the_present_database_is_put_aside_whole_when_a_backup_takes_its_place(home: Path, user: Path) -> None:
    record(home, user)
    with closing(open_reader(home)) as reader:
        path = backups.back_up(reader, home, backups.USUAL, time.time())
    (user / ".claude" / "projects" / "p" / "b.jsonl").write_bytes(prompt(1, sessionId="b"))
    record(home, user)
    later = views(home)
    went = rescue.restore(home, path)
    assert rows(home, "select count(*) from source") == [(1,)]
    assert rows(Path(went), "select count(*) from source") == [(2,)]
    assert aside.all_aside(home)[0].reason == rescue.REPLACED
    record(home, user)
    check_same(views(home), later)


def test_a_restoration_that_was_cut_is_finished(home: Path, user: Path) -> None:
    record(home, user)
    with closing(open_reader(home)) as reader:
        path = backups.back_up(reader, home, backups.USUAL, time.time())
    before = views(home)
    rescue.take_copy(home, path)
    aside.put_aside(home, rescue.REPLACED, time.time())
    connection, words = rescue.open_whole(home)  # it was killed here, and the next one begins
    connection.close()
    assert not words
    check_same(views(home), before)


def test_only_the_usual_backups_are_counted_and_dropped(home: Path, user: Path) -> None:
    open_writer(home).close()
    folder = home / "backups"
    folder.mkdir()
    names = [f"fleetmeter-backup-2026010{day}T000000Z.db" for day in range(1, 4)]
    for name in (*names, "fleetmeter-backup-20260103T000000Z-2.db", "fleetmeter-before-1-to-3-20250101T000000Z.db"):
        (folder / name).touch()
    backups.drop_old(home, 2)
    assert sorted(os.listdir(folder)) == [
        "fleetmeter-backup-20260103T000000Z-2.db", "fleetmeter-backup-20260103T000000Z.db",
        "fleetmeter-before-1-to-3-20250101T000000Z.db",
    ]  # fmt: skip
