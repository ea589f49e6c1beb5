"""A zoo of real processes, kept by the test; and a guard: what no test started is neither looked at nor hurt."""

import ctypes
import os
import pty
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from control import scope as scopes
from control import table
from control.acts import Acts
from control.machine import System
from control.scope import Family, Scope
from control.standing import Desk
from store.programs import Program
from tests.control.fakes import TOP, FakeMachine

PROGRAM = Program(
    "zoo", names=("zoo-agent",), scripts=("zoo-agent",), places=("/zoo-versions/",), launchers=("zoo-agent.sh",),
    helpers=("help",), servers=("serve",), background=("behind",), headless=("-p",),
)  # fmt: skip
ADOPT = 36  # PR_SET_CHILD_SUBREAPER
BUSY = "while :; do :; done"


def is_ours(pid: int) -> bool:
    """Whether this test process started it."""
    return pid == os.getpid() or pid in scopes.descendants(table.everyone(), os.getpid())


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unscoped look at the real machine fails, and so does a signal to whatever is not ours."""
    kill, send, begin = os.kill, signal.pidfd_send_signal, Family.__init__

    def guarded_kill(pid: int, number: int) -> None:
        assert is_ours(pid), f"signal {number} to {pid}, which no test started"
        kill(pid, number)

    def guarded_send(descriptor: int, number: int) -> None:
        words = Path(f"/proc/self/fdinfo/{descriptor}").read_text()
        (pid,) = [int(line.split()[1]) for line in words.splitlines() if line.startswith("Pid:")]
        assert pid == -1 or is_ours(pid), f"signal {number} to {pid}, which no test started"  # -1: it has ended
        send(descriptor, number)

    def guarded_begin(self: Family, machine: object, scope: Scope) -> None:
        assert not isinstance(machine, System) or os.getpid() in scope.ancestors, "a look without a scope"
        begin(self, machine, scope)  # type: ignore[arg-type] - the fakes are machines too

    def no_group(group: int, number: int) -> None:
        raise AssertionError(f"signal {number} to the group {group}")

    monkeypatch.setattr(os, "kill", guarded_kill)
    monkeypatch.setattr(os, "killpg", no_group)
    monkeypatch.setattr(signal, "pidfd_send_signal", guarded_send)
    monkeypatch.setattr(Family, "__init__", guarded_begin)


def until(is_so: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for what must come."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


class Zoo:
    """Starts processes that look like an agent's, and ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[subprocess.Popen[bytes]] = []
        self.descriptors: list[int] = []

    def executable(self, place: str = "zoo-agent") -> Path:
        path = self.folder / place
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(shutil.which("dash") or "/bin/sh", path)
        return path

    def start(self, script: str, *words: str, exe: str = "zoo-agent", terminal: int | None = None) -> int:
        """A process of that executable that runs a script of the shell; it has begun when this returns."""
        ready = self.folder / f"ready-{len(self.kept)}"
        command = [str(self.executable(exe)), "-c", f": > {ready}; {script}", *words]
        end = terminal if terminal is not None else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, start_new_session=True)
        self.kept.append(process)
        until(ready.exists)
        if BUSY not in script:
            until(lambda: self.rests(process.pid) and self.rests(process.pid))
        return process.pid

    def rests(self, pid: int) -> bool:
        """Whether neither it nor what it started runs: what it had to begin has begun."""
        entries = table.everyone()
        return all(entries[one].state != "running" for one in (pid, *scopes.descendants(entries, pid)))

    def terminal(self) -> tuple[int, int]:
        """Both ends of a new terminal: that of its window, and that of its programs."""
        window, inside = pty.openpty()
        self.descriptors += [window, inside]
        return window, inside

    def shut(self, descriptor: int) -> None:
        self.descriptors.remove(descriptor)
        os.close(descriptor)

    def close(self) -> None:
        for pid in {pid for one in self.kept for pid in (one.pid, *scopes.descendants(table.everyone(), one.pid))}:
            os.kill(pid, signal.SIGKILL)
        for process in self.kept:
            process.wait()
        for pid, entry in table.everyone().items():
            if entry.parent == os.getpid() and entry.name in ("sleep", "zoo-agent"):  # adopted
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        for descriptor in self.descriptors:
            os.close(descriptor)


@pytest.fixture
def zoo(tmp_path: Path) -> Iterator[Zoo]:
    """Whoever loses its parent here becomes a child of the test, and is ended by it too."""
    library = ctypes.CDLL(None)
    library.prctl(ADOPT, 1, 0, 0, 0)
    kept = Zoo(tmp_path / "zoo")
    yield kept
    kept.close()
    library.prctl(ADOPT, 0, 0, 0, 0)


@pytest.fixture
def scope() -> Scope:
    """Only what this test started."""
    return Scope((os.getpid(),))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """An agent (50) with a child (51), below the process that is the scope."""
    monkeypatch.setenv("FLEETMETER_SCOPE", f"pid:{TOP}")
    machine = FakeMachine()
    machine.add(1, 0, "init")
    machine.add(TOP, 1, "sh")
    machine.add(50, TOP)
    machine.add(51, 50, "make")
    machine.add(os.getpid(), 30, "python")
    machine.add(30, 1, "zoo-agent")
    return machine


@pytest.fixture
def acting(machine: FakeMachine, home: Path) -> Acts:
    home.mkdir(mode=0o700)
    return Acts(Desk(home, [PROGRAM], machine))
