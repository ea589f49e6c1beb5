"""Looks at the processes of agents: all names first, and details of those alone that are an agent's, in the scope."""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from control import recognise
from control.link import Registered
from control.machine import Entry, Machine
from control.process import Process
from control.recognise import Part
from control.scope import Family, Scope, below, children_in
from store.programs import Program


class Look(NamedTuple):
    """All that was seen at one moment."""

    at_s: float
    """On a clock that nobody sets."""
    table: dict[int, Entry]
    """All that is in the scope, of agents or not."""
    children: dict[int, list[int]]
    processes: tuple[Process, ...]

    def below(self, pid: int) -> list[Entry]:
        """What a process started, and what that started."""
        return [self.table[child] for child in below(self.children, pid)]


class Scanner:
    """Looks again and again. It remembers whose each process is: that does not change while its name does not."""

    def __init__(self, machine: Machine, programs: Sequence[Program], scope: Scope) -> None:
        self.machine, self.programs = machine, tuple(programs)
        self.family = Family(machine, scope)
        self.said: dict[int, Registered] = {}
        self.parts: dict[tuple[int, str, str], tuple[Part, str | None, tuple[str, ...]] | None] = {}

    def look(self, registered: Sequence[Registered] = ()) -> Look:
        """What there is now. registered: those that agents themselves say are theirs, whatever they are called."""
        at_s = self.machine.monotonic()
        self.said = {one.pid: one for one in registered}
        table = self.family.of(self.machine.table())
        seen = Look(at_s, table, children_in(table), ())
        found: list[Process] = []
        kept: dict[tuple[int, str, str], tuple[Part, str | None, tuple[str, ...]] | None] = {}
        for entry in table.values():
            key = entry.pid, entry.born, entry.name
            known = self.parts.get(key) or (None if key in self.parts else self._asked(entry)) or self._named(entry)
            kept[key] = known
            if known is not None and (process := self._process(entry, known, seen)) is not None:
                found.append(process)
        self.parts = kept
        return seen._replace(processes=tuple(sorted(_told_apart(found), key=lambda process: process.key)))

    def _asked(self, entry: Entry) -> tuple[Part, str | None, tuple[str, ...]] | None:
        if entry.pid == os.getpid():
            return None
        exe = self.machine.exe(entry.pid)
        if entry.state == "zombie":  # nothing but its name is left of it
            exe = None
        if not recognise.is_candidate(entry.name, exe, self.programs):
            return None
        argv = tuple(self.machine.argv(entry.pid) or ())
        part = recognise.part(entry.name, exe, argv, self.programs)
        return None if part is None else (part, exe, argv)

    def _named(self, entry: Entry) -> tuple[Part, str | None, tuple[str, ...]] | None:
        """One that goes by another name, and that its agent knows all the same."""
        said = self.said.get(entry.pid)
        if said is None or not said.is_of(entry.pid, entry.born, entry.began_s):
            return None
        return Part(said.agent, recognise.SESSION), self.machine.exe(entry.pid), ()

    def _process(self, entry: Entry, known: tuple[Part, str | None, tuple[str, ...]], seen: Look) -> Process | None:
        (agent, role), exe, argv = known
        pid, machine = entry.pid, self.machine
        found = Process(
            entry, agent, role, exe, machine.uid(pid), machine.terminal(pid), machine.cwd(pid), argv,
            tuple(machine.open_files(pid) or ()), tuple(seen.below(pid)),
        )  # fmt: skip
        # What was asked about may have ended meanwhile, and another have taken its pid.
        now = machine.entry(pid)
        return found if now is not None and now.born == entry.born else None


def _told_apart(found: list[Process]) -> list[Process]:
    """One process for each session. A process that has begun no program of its own yet is a part of the one that it is
    a copy of; and whoever has begun it once more with the same arguments, by another script of its package or with
    other options of the interpreter, waits for it."""
    by_pid = {process.pid: process for process in found}
    copies, waiting = set[int](), set[int]()
    for process in found:
        parent = by_pid.get(process.entry.parent or 0)
        if parent is None or (parent.agent, parent.exe) != (process.agent, process.exe):
            continue
        if parent.argv == process.argv:
            copies.add(process.pid)
        elif None is not _arguments(parent.argv) == _arguments(process.argv):
            waiting.add(parent.pid)
    return [
        process._replace(role=recognise.LAUNCHER) if process.pid in waiting else process
        for process in found
        if process.pid not in copies
    ]


def _arguments(argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """Those of the script that an interpreter runs; None where it runs none."""
    at = recognise.script_at(argv)
    return None if at is None else argv[at + 1 :]


class Spent(NamedTuple):
    """What a process used of processors between two looks; None where that cannot be told."""

    window_s: float
    percent: float | None
    children_percent: float | None
    is_running: bool = False
    """Whether it, or what it started, was running at both looks: on a busy machine that need not use much."""


NOTHING = Spent(0.0, None, None)


def spent(process: Process, before: Look, after: Look) -> Spent:
    """Between the looks, both at the same process: never a number from one look alone."""
    window_s = after.at_s - before.at_s
    first = before.table.get(process.pid)
    if first is None or first.born != process.entry.born or window_s <= 0:
        return NOTHING
    own = None if first.cpu_s is None or process.entry.cpu_s is None else process.entry.cpu_s - first.cpu_s
    earlier = before.below(process.pid)
    ran = {(entry.pid, entry.born) for entry in (first, *earlier) if entry.state == "running"}
    runs = {(entry.pid, entry.born) for entry in (process.entry, *process.children) if entry.state == "running"}
    by_children = percent(_by_children(first, earlier, process), window_s)
    return Spent(window_s, percent(own, window_s), by_children, bool(ran & runs))


def _by_children(first: Entry, earlier: list[Entry], process: Process) -> float | None:
    """What its children used, also those that came and went between the looks: what a child had used stays in the sum
    when it ends, for whoever reaps it takes it over."""
    before, after = taken(first, earlier), taken(process.entry, process.children)
    if before is None or after is None:
        # Where nothing is taken over, only children that lived all the time can be told of.
        if {(child.pid, child.born) for child in earlier} != {(child.pid, child.born) for child in process.children}:
            return None
        before, after = _alive(earlier), _alive(process.children)
    return None if before is None or after is None else after - before


def taken(parent: Entry, children: Iterable[Entry]) -> float | None:
    """What its children have used so far, those included that have ended."""
    reaped, alive = [entry.reaped_s for entry in (parent, *children)], _alive(children)
    return None if alive is None or None in reaped else alive + sum(part for part in reaped if part is not None)


def _alive(children: Iterable[Entry]) -> float | None:
    used = [child.cpu_s for child in children]
    return None if None in used else sum(part for part in used if part is not None)


def percent(seconds: float | None, window_s: float) -> float | None:
    """Of one processor."""
    return None if seconds is None else max(0.0, seconds) / window_s * 100
