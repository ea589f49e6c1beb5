"""How a process is: by what is known alone. Processor time is that between two looks, from the first call on."""

import os
import signal
import time

import pytest

from control.health import Doing, Health, Seen, judge
from control.machine import System, Terminal
from control.process import Process
from control.scan import NOTHING, Look, Scanner, Spent, spent
from control.scope import Scope
from store.process_config import Processes
from tests.control.conftest import BUSY, PROGRAM, Zoo, until
from tests.control.fakes import FakeMachine

HOUR = 3600.0
NOW_S = 1_000 * HOUR
QUIET = Spent(1.0, 0.0, 0.0)
OLD = Doing("your_turn", None, NOW_S - 5 * HOUR)


def process(name: str = "pts/1", *, role: str = "session", is_gone: bool = False, **more: object) -> Process:
    entry = FakeMachine().add(50, 40, "zoo-agent", **more)
    return Process(entry, "zoo", role, "/bin/zoo-agent", 0, Terminal(name, is_gone), "/src", (), (), ())


def child(**more: object) -> Process:
    entry = FakeMachine().add(51, 50, "make", **more)
    return process()._replace(children=(entry,))


@pytest.mark.parametrize(
    ("one", "used", "doing", "state", "words"),
    [
        (process(), QUIET, OLD, "stale", "no record for 5h00m"),
        (process(role="background"), QUIET, OLD, "idle", "your turn since 5h00m"),
        (process(""), QUIET, OLD, "idle", "your turn"),  # no terminal: it may be silent for longer
        (process("", began_s=NOW_S - 60), QUIET, OLD, "idle", "your turn since 1m00s"),
        (process(began_s=NOW_S - 60), QUIET, OLD, "idle", "your turn since 1m00s"),
        (process(), Spent(1.0, 50.0, 0.0), OLD, "working", "50% of a core"),
        (process(), Spent(0.3, 3.4, 0.0), OLD, "idle", "your turn"),  # one tick: neither at work nor without life
        (process(), NOTHING, OLD, "idle", "your turn"),  # one look alone proves nothing
        (process(), Spent(1.0, None, None), OLD, "idle", "your turn"),
        (child(), Spent(1.0, 0.0, 90.0), OLD, "working", "what it started uses 90%"),
        (child(), Spent(1.0, 0.0, None), OLD, "idle", "your turn"),
        (child(), QUIET, OLD, "stale", "no record for 5h00m"),
        (child(), QUIET, Doing("working", "Bash make", NOW_S - 5 * HOUR), "working", "Bash make"),
        (process(), QUIET, Doing("working", None, NOW_S - 5 * HOUR), "stale", "no record"),
        (process(), QUIET, Doing("working", None, NOW_S - 600), "working", "last record 10m00s ago"),
        (process(), QUIET, Doing("waiting", "Bash rm", NOW_S - 5 * HOUR), "waiting", "waits for you: Bash rm"),
        (process(is_gone=True), QUIET, Doing("waiting", None, NOW_S - 5 * HOUR), "orphaned", "terminal is gone"),
        (process(is_gone=True), QUIET, Doing("your_turn", None, NOW_S - 9 * HOUR), "stale", "its terminal is gone"),
        (process(is_gone=True), QUIET, Doing(), "orphaned", "nobody can reach it"),
        (process(), QUIET, Doing(), "idle", "which session it is in is not known"),
        (process(role="server"), QUIET, Doing("", None, NOW_S - 99 * HOUR), "idle", "last record"),
        (process(state="stopped"), QUIET, OLD, "stopped", "kill -CONT 50"),
        (process(state="zombie"), QUIET, OLD, "zombie", "its parent (process 40) has not reaped it"),
        (process(state=None, memory=None), QUIET, OLD, "stale", "no record"),
        (process(memory=9_000_000_000), QUIET, OLD, "runaway", "holds 9.0 GB by itself, more than 8"),
        (process(), Spent(30.0, 250.0, 0.0), OLD, "runaway", "250% of a core for 30s"),
        (process(), Spent(1.0, 250.0, 0.0), OLD, "working", "250% of a core"),
    ],
)
def test_each_is_what_it_is_and_says_why(one: Process, used: Spent, doing: Doing, state: str, words: str) -> None:
    found = judge(Seen(one, used, doing, NOW_S, Processes()))
    assert found.state == state
    assert words in found.reason


def test_what_a_child_used_counts_also_when_it_has_ended() -> None:
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    machine.add(50, 40, cpu_s=100.0, reaped_s=10.0)
    machine.add(51, 50, "make", cpu_s=3.0, reaped_s=1.0)
    scanner = Scanner(machine, [PROGRAM], Scope((40,)))
    before = scanner.look()
    machine.wait(2.0)
    del machine.entries[51]
    machine.change(50, cpu_s=100.5, reaped_s=15.0)  # with the 4 s that were counted before
    machine.add(52, 50, "cc", cpu_s=0.5)
    after = scanner.look()
    assert spent(after.processes[0], before, after) == Spent(2.0, 25.0, 75.0)


def test_where_ended_children_are_not_counted_nothing_is_made_up() -> None:
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    machine.add(50, 40, reaped_s=None)
    machine.add(51, 50, "make", reaped_s=None, cpu_s=1.0)
    scanner = Scanner(machine, [PROGRAM], Scope((40,)))
    before = scanner.look()
    machine.wait(2.0)
    machine.change(51, cpu_s=2.0)
    after = scanner.look()
    assert spent(after.processes[0], before, after) == Spent(2.0, 0.0, 50.0)
    machine.add(52, 50, "cc", cpu_s=0.5, reaped_s=None)
    later = scanner.look()
    assert spent(later.processes[0], before, later).children_percent is None


def test_a_later_process_of_the_same_pid_has_used_nothing_yet() -> None:
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    machine.add(50, 40, cpu_s=1.0)
    scanner = Scanner(machine, [PROGRAM], Scope((40,)))
    before = scanner.look()
    machine.wait(1.0)
    machine.change(50, born="later@boot", cpu_s=9.0)
    after = scanner.look()
    assert spent(after.processes[0], before, after) == NOTHING


def test_one_that_ends_while_it_is_looked_at_is_not_shown() -> None:
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    machine.add(50, 40)
    machine.add(51, 40)
    machine.entry = lambda pid: None if pid == 50 else machine.entries.get(pid)  # type: ignore[method-assign] - ended
    assert [one.pid for one in Scanner(machine, [PROGRAM], Scope((40,))).look().processes] == [51]


def test_a_system_that_tells_little_shows_it_as_unknown() -> None:
    """As macOS tells of a process that is not the user's own, and Windows of terminals."""
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    machine.add(50, 40, state=None, began_s=None, cpu_s=None, reaped_s=None, memory=None)
    del machine.exes[50]
    scanner = Scanner(machine, [PROGRAM], Scope((40,)))
    before = scanner.look()
    machine.wait(1.0)
    after = scanner.look()
    (one,) = after.processes
    assert (one.exe, one.cwd, one.terminal.name, one.tree_memory) == (None, None, None, None)
    used = spent(one, before, after)
    assert used == Spent(1.0, None, 0.0)
    assert judge(Seen(one, used, OLD, NOW_S, Processes())) == Health("idle", "your turn since 5h00m")


def test_the_zoo_is_told_apart_at_the_first_call(zoo: Zoo, scope: Scope) -> None:
    """Sleeping, busy, with a busy child, with many children, stopped, ended, without its terminal, renamed."""
    sleeping = zoo.start("sleep 60; :")
    busy = zoo.start(BUSY)
    parent = zoo.start(f"({BUSY}) & wait")
    many = zoo.start("for i in 1 2 3 4 5 6 7 8; do sleep 60 & done; wait")
    stopped = zoo.start("sleep 60; :")
    ended = zoo.start(":")
    window, inside = zoo.terminal()
    orphan = zoo.start("trap '' HUP; sleep 60; :", terminal=inside)
    renamed = zoo.start("sleep 60; :", exe="something-else")
    placed = zoo.start("sleep 60; :", exe="zoo-versions/2.1")
    zoo.shut(inside)
    zoo.shut(window)
    os.kill(stopped, signal.SIGSTOP)
    system = System()
    for pid, state in ((stopped, "stopped"), (ended, "zombie")):
        until(lambda pid=pid, state=state: (entry := system.entry(pid)) is not None and entry.state == state)

    scanner = Scanner(system, [PROGRAM], scope)
    before = scanner.look()
    (child,) = [pid for pid, entry in before.table.items() if entry.parent == parent]
    until(lambda: all(_used(system, pid, before) > 0.05 for pid in (busy, child)))
    after = scanner.look()
    later_s, silent = time.time() + 99 * HOUR, Doing("", None, time.time())
    found = {
        one.pid: judge(Seen(one, spent(one, before, after), silent, later_s, Processes())) for one in after.processes
    }
    assert {pid: health.state for pid, health in found.items()} == {
        sleeping: "stale", busy: "working", parent: "working", many: "stale", stopped: "stopped", ended: "zombie",
        orphan: "stale", placed: "stale",
    }  # fmt: skip
    assert "its terminal is gone" in found[orphan].reason
    assert f"its parent (process {os.getpid()})" in found[ended].reason
    kept = {one.pid: one for one in after.processes}
    assert renamed not in kept
    assert len(kept[many].children) == 8
    assert (kept[many].tree_memory or 0) > (kept[many].entry.memory or 0)
    assert kept[placed].cwd == os.getcwd()
    assert kept[orphan].terminal.is_gone and not kept[sleeping].terminal.is_gone


def _used(system: System, pid: int, before: Look) -> float:
    entry = system.entry(pid)
    return ((entry.cpu_s if entry else None) or 0.0) - (before.table[pid].cpu_s or 0.0)
