"""How every process of the agents stands: looked at twice, linked to its session, judged. What viewers are told."""

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from control import facts, history, pins
from control.facts import Known
from control.health import IDLE, STALE, Health, Seen, judge
from control.machine import Machine
from control.process import Process
from control.scan import Look, Scanner, Spent, spent
from control.scope import Scope
from control.scope import read as read_scope
from store.config import load
from store.database import open_reader
from store.errors import FleetmeterError, NoDatabaseYet
from store.home import StrPath
from store.process_config import Processes
from store.programs import Program
from store.shown_process import Child, Shown

WINDOW_S = 0.3
"""Between two looks: long enough for whoever works to be seen at it."""


class Desk:
    """Watches the processes of this machine, as far as the scope goes. Whoever looks often keeps one."""

    def __init__(
        self, home: StrPath, programs: Sequence[Program], machine: Machine, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.home, self.machine, self.clock = home, machine, clock
        self.limits: Processes = load(home).processes
        self.scope: Scope = read_scope(os.environ, self.limits.scope)
        self.scanner = Scanner(machine, programs, self.scope)
        self.before: Look | None = None
        self.trouble = ""
        """Why nothing is known of sessions, where something is recorded."""
        self.processes: dict[tuple[int, str], Process] = {}

    def shown(self, window_s: float = WINDOW_S) -> list[Shown]:
        """All of them as they stand now; the first time this takes as long as the window."""
        reader = self._reader()
        if reader is None:
            return self._shown(None, window_s)
        with closing(reader):
            return self._shown(reader, window_s)

    def _shown(self, reader: sqlite3.Connection | None, window_s: float) -> list[Shown]:
        said = facts.registered(reader) if reader is not None else []
        before = self.before or self.scanner.look(said)
        waited_s = self.machine.monotonic() - before.at_s
        if waited_s < window_s:
            self.machine.wait(window_s - waited_s)
        after = self.before = self.scanner.look(said)
        self.processes = {process.key: process for process in after.processes}
        known = facts.known(reader, after.processes, said) if reader is not None else {}
        pinned = pins.pinned(self.home)
        now_s = self.clock()
        earlier = history.earlier(self.home, now_s)
        found: list[Shown] = []
        for process in after.processes:
            used, wide = spent(process, before, after), history.wide(process, earlier, now_s)
            of = known.get(process.key, Known())
            health = judge(Seen(process, used, of.doing, now_s, self.limits, wide))
            found.append(_shown_as(process, used, of, health, is_pinned=process.key in pinned))
        return found

    def _reader(self) -> sqlite3.Connection | None:
        """What is recorded; where that cannot be read, processes are shown all the same."""
        self.trouble = ""
        try:
            return open_reader(self.home)
        except NoDatabaseYet:
            return None
        except (FleetmeterError, sqlite3.Error, OSError) as error:
            self.trouble = str(error)
            return None

    def remember(self, shown: Sequence[Shown]) -> None:
        """Keep what they used; where there is no data folder yet, nobody asked for one."""
        if os.path.isdir(self.home):
            seen = [(self.processes[one.pid, one.born], one) for one in shown]
            history.remember(self.home, seen, self.clock(), self.limits.keep_days)


def _shown_as(process: Process, used: Spent, of: Known, health: Health, *, is_pinned: bool) -> Shown:
    if is_pinned and health.state == STALE:
        health = Health(IDLE, f"pinned, else stale: {health.reason}")
    entry = process.entry
    return Shown(
        entry.pid, entry.born, entry.parent, process.agent, process.role, process.exe, health.state, health.reason,
        is_pinned, tuple((link.session_id, link.sure, link.why) for link in of.links),
        of.links[0].account if of.links else None, of.project or process.cwd, process.terminal.name, process.cwd,
        entry.began_s, of.doing.last_s, used.window_s, used.percent, used.children_percent, entry.memory,
        process.tree_memory, len(process.children),
        tuple(Child(one.pid, one.parent, one.name, one.state, one.memory) for one in process.children),
    )  # fmt: skip
