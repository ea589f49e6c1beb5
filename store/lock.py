"""The lock files: one process at a time writes, one at a time creates. A lock dies with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from store.errors import FleetmeterError, LockHeld
from store.home import StrPath

WRITER = "fleetmeter.lock"
# Creating and migrating has a lock of its own: whoever waits for it does not wait for a collector that runs for days.
CREATOR = "fleetmeter.create.lock"

POLL_S = 0.02
PATIENCE_S = 0.5
"""Who waits longer is told for whom."""

Waiting = Callable[[int, str], None]
"""Told once of a wait: the pid of the holder (0 when it has not said its name yet), and what it is doing."""


@contextmanager
def hold(
    home: StrPath, doing: str, *, wait_s: float = 0.0, name: str = WRITER, waiting: Waiting | None = None
) -> Generator[None, None, None]:
    """Hold the lock of that name while the block runs, or raise LockHeld after wait_s."""
    # The file is never unlinked: two processes could then hold "the" lock, each on its own inode.
    descriptor = _open(os.path.join(home, name))
    try:
        _take(descriptor, wait_s, waiting)
        _write(descriptor, f"{os.getpid()} {doing}\n".encode())
        try:
            yield
        finally:
            # After a crash the old words stay, but nobody reads them while the lock is free.
            _write(descriptor, b"")
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
            if waited_s >= wait_s:
                raise _held(descriptor) from error
            if waiting is not None and waited_s >= PATIENCE_S:
                waiting(*_holder(descriptor))
                waiting = None
            time.sleep(min(POLL_S, wait_s - waited_s))


def _holder(descriptor: int) -> tuple[int, str]:
    """Who holds the lock, and for what; 0 while it is taken this very moment, and not signed yet."""
    pid, _, doing = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip().partition(" ")
    return (int(pid), doing) if pid.isdecimal() else (0, "writing")


def _held(descriptor: int) -> LockHeld:
    pid, doing = _holder(descriptor)
    if not pid:
        return LockHeld("another fleetmeter process is writing", hint="wait until it has finished", pid=0)
    return LockHeld(
        f"another fleetmeter process is writing: {doing} (pid {pid})",
        hint=f"wait until it has finished, or stop it with `kill {pid}`",
        pid=pid,
    )


def _write(descriptor: int, words: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, words, 0)
