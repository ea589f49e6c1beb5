"""A machine that tests make up: any process, any answer, any moment."""

import os

from control.audit import Audit, Request
from control.machine import Terminal
from control.table import Entry

BOOT = "@boot"
TOP = 40
"""The process that is the scope, where one is needed."""
BY = Request("key", "me", "command line")


class FakeHandle:
    """A hold on the process that was there when it was taken."""

    def __init__(self, machine: "FakeMachine", pid: int) -> None:
        self.machine, self.pid, self.born = machine, pid, machine.entries[pid].born

    def is_there(self) -> bool:
        entry = self.machine.entries.get(self.pid)
        return entry is not None and entry.born == self.born and entry.state != "zombie"

    def send(self, number: int) -> bool:
        if not self.is_there():
            return False
        self.machine.signals.append((self.pid, self.born, number))
        if number in self.machine.deadly:
            del self.machine.entries[self.pid]
        return True

    def ends(self, seconds: float) -> bool:
        if self.is_there():
            self.machine.now_s += seconds
        return not self.is_there()

    def close(self) -> None:
        self.machine.closed += 1


class FakeMachine:
    """Its tables are plain dictionaries; what they do not hold, it does not know."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.uids: dict[int, int] = {}
        self.exes: dict[int, str] = {}
        self.argvs: dict[int, list[str]] = {}
        self.cwds: dict[int, str] = {}
        self.terminals: dict[int, Terminal] = {}
        self.files: dict[int, list[str]] = {}
        self.environs: dict[int, dict[str, str]] = {}
        self.signals: list[tuple[int, str, int]] = []
        self.deadly: tuple[int, ...] = (2, 9, 15)
        self.asked: list[int] = []
        self.now_s = 1000.0
        self.closed = 0

    def add(self, pid: int, parent: int | None = 1, name: str = "zoo-agent", **more: object) -> Entry:
        """A process of this user, with that executable."""
        values: dict[str, object] = {
            "state": "sleeping", "born": f"{pid}{BOOT}", "began_s": 0.0, "cpu_s": 0.0, "reaped_s": 0.0,
            "memory": 1_000_000, **more,
        }  # fmt: skip
        self.entries[pid] = Entry(pid, parent, name, **values)  # type: ignore[arg-type] - by name
        self.uids[pid] = os.geteuid()
        self.exes[pid] = f"/bin/{name}"
        return self.entries[pid]

    def change(self, pid: int, **more: object) -> None:
        self.entries[pid] = self.entries[pid]._replace(**more)  # type: ignore[arg-type] - by name

    def table(self) -> dict[int, Entry]:
        return dict(self.entries)

    def entry(self, pid: int) -> Entry | None:
        return self.entries.get(pid)

    def uid(self, pid: int) -> int | None:
        return self.uids.get(pid)

    def exe(self, pid: int) -> str | None:
        self.asked.append(pid)
        return self.exes.get(pid)

    def argv(self, pid: int) -> list[str] | None:
        self.asked.append(pid)
        return self.argvs.get(pid)

    def cwd(self, pid: int) -> str | None:
        return self.cwds.get(pid)

    def terminal(self, pid: int) -> Terminal:
        return self.terminals.get(pid, Terminal(None))

    def open_files(self, pid: int) -> list[str] | None:
        return self.files.get(pid)

    def environ(self, pid: int) -> dict[str, str] | None:
        return self.environs.get(pid)

    def hold(self, pid: int) -> FakeHandle | None:
        return FakeHandle(self, pid) if pid in self.entries else None

    def monotonic(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


class Unwritten(Audit):
    """A book whose pages are thrown away: for a thousand rounds."""

    def __init__(self) -> None:
        pass

    def was_asked(self, key: str) -> bool:
        return False

    def enter(self, by: Request, what: str, **target: object) -> int | None:
        return 1

    def step(self, act: int, pid: int, step: str, outcome: str) -> None:
        pass
