"""The lock files: one process at a time writes, one at a time creates. A lock dies with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from store.errors import FleetmeterError, LockHeld
from store.home import StrPath

WRITER = "fleetmeter.lock"
# Creating and migrating has a lock of its own: whoever waits for it does not wait for a collector that runs for days.
CREATOR = "fleetmeter.create.lock"

COLLECTING = "collecting"
"""What a collector does that runs until it is stopped: nobody waits for it."""

POLL_S = 0.02
HOPE_S = 0.1
"""So long whoever finds a collector tries again: it may be ending, or its words a dead one's."""
PATIENCE_S = 0.5
"""Who waits longer is told for whom."""


class Holder(NamedTuple):
    """Who holds a lock. born: when that process began, where it said so."""

    pid: int
    doing: str
    born: str


Waiting = Callable[[int, str], None]
"""Told once of a wait: the pid of the holder (0 when it has not said its name yet), and what it is doing."""


@contextmanager
def hold(
    home: StrPath,
    doing: str,
    *,
    wait_s: float = 0.0,
    name: str = WRITER,
    waiting: Waiting | None = None,
    born: str = "",
) -> Generator[None, None, None]:
    """Hold the lock of that name while the block runs, or raise LockHeld after wait_s."""
    # The file is never unlinked: two processes could then hold "the" lock, each on its own inode.
    descriptor = _open(os.path.join(home, name))
    try:
        _take(descriptor, wait_s, waiting)
        _write(descriptor, f"{os.getpid()} {doing}\n{born}".encode())
        try:
            yield
        finally:
            # After a crash the old words stay, but nobody reads them while the lock is free.
            _write(descriptor, b"")
    finally:
        os.close(descriptor)


def holder(home: StrPath, name: str = WRITER) -> Holder | None:
    """Who holds the lock now; None when it is free. An old name in the file counts for nothing."""
    try:
        descriptor = os.open(os.path.join(home, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, doing = _holder(descriptor)
        return Holder(pid, doing, os.pread(descriptor, 400, 0).decode("utf-8", "replace").partition("\n")[2].strip())
    finally:
        os.close(descriptor)
    return None


def left(home: StrPath, name: str) -> int:
    """Who held a lock that is free, and was killed while it did; 0 where the last one let it go."""
    try:
        descriptor = os.open(os.path.join(home, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        return _holder(descriptor)[0]
    finally:
        os.close(descriptor)


def _open(path: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise FleetmeterError(f"{path}: {error.strerror}", hint="move it away: fleetmeter makes its own") from error
    os.fchmod(descriptor, 0o600)
    return descriptor


def _take(descriptor: int, wait_s: float, waiting: Waiting | None) -> None:
    # Monotonic: a clock that is set while we wait must neither hang us nor end the wait.
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            waited_s = time.monotonic() - began
            if waited_s >= wait_s or (waited_s >= HOPE_S and _holder(descriptor)[1] == COLLECTING):
                raise _held(descriptor) from error
            if waiting is not None and waited_s >= PATIENCE_S:
                waiting(*_holder(descriptor))
                waiting = None
            time.sleep(min(POLL_S, wait_s - waited_s))


def _holder(descriptor: int) -> tuple[int, str]:
    """Who holds the lock, and for what; 0 while it is taken this very moment, and not signed yet."""
    words = os.pread(descriptor, 200, 0).decode("utf-8", "replace").partition("\n")[0]
    pid, _, doing = words.strip().partition(" ")
    return (int(pid), doing) if pid.isdecimal() else (0, "writing")


def _held(descriptor: int) -> LockHeld:
    pid, doing = _holder(descriptor)
    if not pid:
        return LockHeld("another fleetmeter process is writing", hint="wait until it has finished", pid=0)
    if doing == COLLECTING:
        return LockHeld(
            f"a collector runs already (pid {pid}), and records by itself",
            hint="`fleetmeter status` shows how far it is, `fleetmeter stop` ends it",
            pid=pid,
        )
    return LockHeld(
        f"another fleetmeter process is writing: {doing} (pid {pid})",
        hint=f"wait until it has finished, or stop it with `kill {pid}`",
        pid=pid,
    )


def _write(descriptor: int, words: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, words, 0)
