"""S13, and S6 while it runs: a database that is taken away, replaced or damaged under a collector is noticed soon."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import aside
from store.database import NAME, open_writer
from tests.collector.daemons import SLACK, calm, count, finish, lag, lay, running, spawn, status, until
from tests.collector.recorded import check_every_byte, rows
from tests.collector.transcript import prompt

LOG, INDEX = f"{NAME}-wal", f"{NAME}-shm"


def unlink(home: Path) -> None:
    (home / NAME).unlink()


def move(home: Path) -> None:
    """Somebody begins anew, and keeps the old one."""
    for name in (NAME, LOG, INDEX):
        (home / name).rename(home.parent / name)


def replace(home: Path) -> None:
    """Another database of ours takes its name, beside the log of the first one."""
    other = home.with_name("other")
    open_writer(other).close()
    os.replace(other / NAME, home / NAME)


def unlink_log(home: Path) -> None:
    (home / LOG).unlink()


def take_log_away(home: Path) -> None:
    (home / LOG).rename(home.parent / LOG)
    (home / INDEX).rename(home.parent / INDEX)


ACTS = (unlink, move, replace, unlink_log, take_log_away)


def check_s13(home: Path, project: Path, act: Callable[[Path], None], rounds: int, mutant: str = "none") -> None:
    """It is noticed within five seconds, and everything is in the database that has the name, each time."""
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2], mutant):
        calm(home)
        for number in range(rounds):
            lag(home, path, 2 * number)
            act(home)
            with path.open("ab") as file:  # into nowhere, if nobody looks
                file.write(prompt(number, uuid=f"unseen-{number}", sessionId="a"))
            took_s = until(lambda: status(home).get("replacements", 0) > number, 6)  # noqa: B023 - called at once
            assert took_s < 5 * SLACK
            until(lambda: (home / NAME).exists() and count(home, f"unseen-{number}"))  # noqa: B023 - as above
            assert lag(home, path, 2 * number + 1) < 2 * SLACK
            assert rows(home, "select count(*) from record") == [(3 * number + 4,)]
            assert rows(home, "pragma integrity_check") == [("ok",)]
            for name in (NAME, LOG, INDEX):
                (home.parent / name).unlink(missing_ok=True)
    check_every_byte(home)


@pytest.mark.promise("S13")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.timed
def test_S13_a_database_that_is_taken_away_is_noticed(home: Path, project: Path, act: Callable[[Path], None]) -> None:
    check_s13(home, project, act, 1)


@pytest.mark.full
@pytest.mark.promise("S13")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.timed
def test_S13_twenty_times_each(home: Path, project: Path, act: Callable[[Path], None]) -> None:
    check_s13(home, project, act, 20)


@pytest.mark.mutant("S13")
def test_S13_fails_for_one_that_never_looks(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_s13(home, project, unlink, 1, "never-looks")


def test_without_its_lock_it_writes_no_more(home: Path, project: Path) -> None:
    process = spawn(home, project.parents[2])
    try:
        calm_when_it_answers(home)
        shutil.rmtree(home)
        assert process.wait(10) == 1 and not home.exists()  # its stdin stays open: it ended by itself
        assert "taken away" in process.communicate()[1]
    finally:
        finish(process)


def calm_when_it_answers(home: Path) -> None:
    until(lambda: (home / "fleetmeter.sock").exists())
    calm(home)


@pytest.mark.promise("S6")
def test_S6_damage_that_a_running_collector_meets_is_mended_and_told(home: Path, project: Path) -> None:
    lay(project, 30, 30)
    with running(home, project.parents[2]):
        calm(home)
        recorded = count(home)
    with (home / NAME).open("r+b") as file:  # where it will not be asked for soon
        size = (home / NAME).stat().st_size
        os.pwrite(file.fileno(), bytes(4096 * 3), size // 2 // 4096 * 4096)
    with running(home, project.parents[2]):
        until(lambda: aside.all_aside(home) and status(home)["lastError"], 15)
        until(lambda: count(home) == recorded == 900)
        said = status(home)
        assert "put aside" in said["lastError"]["words"]
        assert [one["path"] for one in said["care"]["aside"]] == [one.path for one in aside.all_aside(home)]
        assert "put aside" in (home / "fleetmeter.log").read_text()
    check_every_byte(home)


def test_a_backup_is_made_each_day_if_so_configured(home: Path, project: Path) -> None:
    lay(project, 3, 3)
    (home / "config.toml").write_text("[backup]\ndaily = true\nkeep = 2\n")
    folder = home / "backups"
    folder.mkdir()
    for day in range(1, 4):
        old = folder / f"fleetmeter-backup-2026010{day}T000000Z.db"
        old.write_bytes(b"old")
        os.utime(old, (time.time(), time.time()))
    with running(home, project.parents[2]):
        until(
            lambda: (
                len(list(folder.glob("fleetmeter-backup-*.db"))) == 2
                and (status(home)["care"]["backupAt"] or "") > "2026-02"
            )
        )
        said = status(home)["care"]
        assert said["checkedAt"] and said["trouble"] is None
