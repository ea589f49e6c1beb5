"""One process holds the lock; the next is told who; the lock dies with its owner."""

import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import lock
from store.errors import FleetmeterError, LockHeld

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture(autouse=True)
def _home_made(home: Path) -> None:
    home.mkdir(mode=0o700)


@contextmanager
def other_holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(CHILD), "hold", "none", str(home), "recording"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_second_is_told_the_pid_and_the_work_of_the_first(home: Path) -> None:
    with other_holder(home) as first, pytest.raises(LockHeld) as raised, lock.hold(home, "writing a tag"):
        pass
    assert raised.value.pid == first.pid
    assert f"recording (pid {first.pid})" in str(raised.value)
    assert f"kill {first.pid}" in raised.value.hint


def test_the_lock_dies_with_its_owner(home: Path) -> None:
    with other_holder(home) as first:
        first.kill()
        with lock.hold(home, "next", wait_s=1):
            assert (home / lock.WRITER).read_text() == f"{os.getpid()} next\n"


@pytest.mark.timed
def test_waiting_ends_as_soon_as_the_lock_is_free(home: Path) -> None:
    with other_holder(home) as first:
        threading.Timer(0.1, first.kill).start()
        begin = time.monotonic()
        with lock.hold(home, "next", wait_s=30):
            assert time.monotonic() - begin < 5


def test_the_two_locks_are_independent_and_never_unlinked(home: Path) -> None:
    with lock.hold(home, "writing"), lock.hold(home, "creating", name=lock.CREATOR):
        inode = (home / lock.WRITER).stat().st_ino
    assert (home / lock.WRITER).stat().st_ino == inode
    assert (home / lock.WRITER).read_text() == ""


def test_a_holder_that_has_not_signed_yet_has_no_pid(home: Path) -> None:
    with lock.hold(home, "soon"):
        (home / lock.WRITER).write_text("")
        with pytest.raises(LockHeld, match="another fleetmeter process is writing") as raised, lock.hold(home, "x"):
            pass
    assert raised.value.pid == 0


def test_a_failing_block_frees_the_lock(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock.hold(home, "failing"):
        _ = 1 / 0
    with lock.hold(home, "next"):
        pass


def test_a_link_in_place_of_the_lock_file_is_refused(home: Path) -> None:
    precious = home.parent / "precious"
    precious.write_text("keep")
    precious.chmod(0o644)
    (home / lock.WRITER).symlink_to(precious)
    with pytest.raises(FleetmeterError), lock.hold(home, "x"):
        pass
    assert precious.read_text() == "keep"
    assert stat.S_IMODE(precious.stat().st_mode) == 0o644


def test_a_wait_is_told_once_with_the_holder_and_its_work(home: Path) -> None:
    told: list[tuple[int, str]] = []
    with other_holder(home) as first:
        with (
            pytest.raises(LockHeld),
            lock.hold(home, "next", wait_s=lock.PATIENCE_S / 2, waiting=lambda *who: told.append(who)),
        ):
            pass
        assert told == []  # too short to tell
        with (
            pytest.raises(LockHeld),
            lock.hold(home, "next", wait_s=lock.PATIENCE_S * 2, waiting=lambda *who: told.append(who)),
        ):
            pass
        assert told == [(first.pid, "recording")]
