"""Which family of processes may be looked at and acted on. What is outside is never a candidate for anything.

Asked before all else, and never guessed: a scope that cannot be read is an error, one whose family is gone is empty."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from control.machine import Entry, Machine
from store.errors import FleetmeterError

VARIABLE = "FLEETMETER_SCOPE"
WAYS = "`pid:1234` for that process and all that it started, `env:NAME=VALUE` for those with that in their environment"


class Scope(NamedTuple):
    """The families of which a process has to be, each of them. None: whatever this user runs."""

    ancestors: tuple[int, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """For people; "" where nothing is narrowed."""
        families = [f"process {pid} and what it started" for pid in self.ancestors]
        return " and ".join([*families, *(f"{name}={value} in the environment" for name, value in self.marks)])


def read(environ: Mapping[str, str], configured: str) -> Scope:
    """That of the environment and that of the configuration: where both are said, both hold."""
    scope = Scope()
    for words, place in ((environ.get(VARIABLE, ""), VARIABLE), (configured, "`[processes] scope`")):
        if words:
            scope = _narrowed(scope, words, place)
    return scope


def _narrowed(scope: Scope, words: str, place: str) -> Scope:
    way, _, rest = words.strip().partition(":")
    if way == "pid" and rest.isascii() and rest.isdecimal() and int(rest) > 0:
        return scope._replace(ancestors=(*scope.ancestors, int(rest)))
    name, equals, value = rest.partition("=")
    if way == "env" and name and equals:
        return scope._replace(marks=(*scope.marks, (name, value)))
    raise FleetmeterError(f"{place} cannot be {words!r}", hint=f"it may be {WAYS}")


class Family:
    """Who is in the scope. It remembers what it saw, for an environment is that of the first moment."""

    def __init__(self, machine: Machine, scope: Scope) -> None:
        self.machine, self.scope = machine, scope
        self.uid = os.geteuid() if hasattr(os, "geteuid") else None
        self.born: dict[int, str] = {}
        """The ancestors as they were when they were first seen: a later process of the same pid is none of them."""
        self.known: dict[tuple[int, str, str], bool] = {}

    def of(self, table: Mapping[int, Entry]) -> dict[int, Entry]:
        """Those of the table that are in the scope, and this user's."""
        found = dict(table)
        for pid in self.scope.ancestors:
            kin = self._kin(table, pid)
            found = {one: entry for one, entry in found.items() if one in kin}
        found = {pid: entry for pid, entry in found.items() if self._is_ours(entry)}
        self.known = {key: is_ours for key, is_ours in self.known.items() if key[0] in found}
        return found

    def _kin(self, table: Mapping[int, Entry], ancestor: int) -> set[int]:
        first = table.get(ancestor)
        if first is None or not first.born or first.born != self.born.setdefault(ancestor, first.born):
            return set()
        return {ancestor, *descendants(table, ancestor)}

    def _is_ours(self, entry: Entry) -> bool:
        key = entry.pid, entry.born, entry.name
        if key not in self.known:
            self.known[key] = self._asked(entry.pid)
        return self.known[key]

    def _asked(self, pid: int) -> bool:
        uid = self.machine.uid(pid)
        if self.uid is not None and uid != self.uid:
            return False
        if not self.scope.marks:
            return True
        environ = self.machine.environ(pid)
        return environ is not None and all(environ.get(name) == value for name, value in self.scope.marks)


def children_in(table: Mapping[int, Entry]) -> dict[int, list[int]]:
    """The children of each process that has some."""
    children: dict[int, list[int]] = {}
    for entry in table.values():
        if entry.parent is not None:
            children.setdefault(entry.parent, []).append(entry.pid)
    return children


def below(children: Mapping[int, Sequence[int]], ancestor: int) -> list[int]:
    """The children of a process, and theirs, the elder first. It ends also where parents go round."""
    found: list[int] = []
    seen = {ancestor}
    waiting = [ancestor]
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            if pid not in seen:
                seen.add(pid)
                found.append(pid)
                waiting.append(pid)
    return sorted(found)


def descendants(table: Mapping[int, Entry], ancestor: int) -> list[int]:
    """The same, of one process alone."""
    return below(children_in(table), ancestor)


def ancestors(table: Mapping[int, Entry], pid: int) -> list[int]:
    """Its parent, the parent of that, and so on."""
    found: list[int] = []
    entry = table.get(pid)
    while entry is not None and entry.parent is not None and entry.parent not in (*found, pid):
        found.append(entry.parent)
        entry = table.get(entry.parent)
    return found
