"""K1, K2: a kill hits the process that was shown and no other, gently first, and is refused where it must be."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from control import acts as module
from control import ending, table
from control.acts import Acts
from control.audit import request
from control.ending import Me, Target, held, refusal
from control.machine import System
from control.scope import descendants
from control.standing import Desk
from store.programs import Program
from tests.control.conftest import PROGRAM, Zoo, is_ours, until
from tests.control.fakes import BY, TOP, FakeHandle, FakeMachine, Unwritten


def check_k1(machine: FakeMachine, acting: Acts, rounds: int) -> None:
    """At some moment of a kill the process ends and another gets its pid: that one is never signalled."""
    chance = Random(9)
    acting.audit = Unwritten()
    for number in range(rounds):
        machine.add(50, TOP, born=f"first-{number}")
        machine.exes[50] = "/bin/zoo-agent"
        machine.deadly = (chance.choice((2, 9, 15)), 9)
        born = acting.desk.shown(0.0)[0].born
        moment = chance.randrange(9)
        is_told = chance.random() < 0.5
        machine.signals.clear()
        with Reused(machine, moment, f"second-{number}", chance.choice(("/bin/zoo-agent", "/bin/other"))):
            acting.kill(request("command line"), 50, born if is_told else "", force=True)
        hit = {born for _, born, _ in machine.signals}
        assert hit <= {f"first-{number}", *([] if is_told else [f"second-{number}"])}
        if not is_told and moment:  # it was chosen while it was the first
            assert f"second-{number}" not in hit or machine.signals[0][1] == f"second-{number}"
        assert len(hit) <= 1


class Reused:
    """At the so-manyeth question about the process its pid goes to another one."""

    def __init__(self, machine: FakeMachine, moment: int, born: str, exe: str) -> None:
        self.machine, self.moment, self.born, self.exe = machine, moment, born, exe
        self.asked = 0

    def __enter__(self) -> None:
        for name in ("table", "entry", "uid", "exe", "hold"):
            setattr(self.machine, name, self._wrapped(getattr(type(self.machine), name), name))

    def __exit__(self, *_: object) -> None:
        for name in ("table", "entry", "uid", "exe", "hold"):
            delattr(self.machine, name)

    def _wrapped(self, real: Callable[..., object], name: str) -> Callable[..., object]:
        def ask(*pid: int) -> object:
            if name == "table" or pid[0] == 50:
                if self.asked == self.moment:
                    self.machine.add(50, TOP, born=self.born)
                    self.machine.exes[50] = self.exe
                self.asked += 1
            return real(self.machine, *pid)

        return ask


@pytest.mark.promise("K1")
def test_K1_a_thousand_times_the_pid_is_reused_and_none_is_hit_that_was_not_shown(
    machine: FakeMachine, acting: Acts
) -> None:
    check_k1(machine, acting, 1000)


@pytest.mark.mutant("K1")
def test_K1_fails_without_the_second_look(machine: FakeMachine, acting: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "held", lambda machine, target: machine.hold(target.pid))
    with pytest.raises(AssertionError):
        check_k1(machine, acting, 100)


def check_k2() -> None:
    """Each of those that are never signalled; and one that may be."""
    machine = FakeMachine()
    for pid, parent in ((1, 0), (20, 1), (21, 20), (22, 21), (50, 1), (60, 1)):
        machine.add(pid, parent)
    machine.change(60, state="zombie")
    me, uid = Me(22, 7), 7
    for pid, owner, words in (
        (-1, uid, "a group"), (-50, uid, "a group"), (0, uid, "a group"), (1, uid, "the system"), (22, uid, "itself"),
        (21, uid, "started by it"), (20, uid, "started by it"), (50, 8, "another user"), (50, None, "another user"),
        (60, uid, "only its parent"), (50, uid, ""),
    ):  # fmt: skip
        found = ending.refusal(Target(pid, f"{pid}@boot", owner, None), machine.entries, me)
        assert bool(found) == bool(words) and words in found, (pid, found)
    assert ending.refusal(Target(50, "", uid, None), machine.entries, me)


@pytest.mark.promise("K2")
def test_K2_what_is_never_signalled() -> None:
    check_k2()


@pytest.mark.mutant("K2")
@pytest.mark.parametrize("hidden", ["a group", "itself", "started by it", "another user", "only its parent"])
def test_K2_fails_where_one_is_not_refused(hidden: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(target: Target, table: dict[int, object], me: Me) -> str:
        found = refusal(target, table, me)  # type: ignore[arg-type] - passed on
        return "" if hidden in found else found

    monkeypatch.setattr(ending, "refusal", forgetful)
    with pytest.raises(AssertionError):
        check_k2()


@pytest.mark.promise("K2")
def test_K2_a_kill_asks_before_it_signals(machine: FakeMachine, acting: Acts) -> None:
    machine.add(TOP, 30, "sh")
    machine.change(os.getpid(), parent=50)
    assert acting.kill(BY, 50).result == "refused"
    assert machine.signals == []


def test_what_is_outside_the_scope_cannot_be_named(machine: FakeMachine, acting: Acts) -> None:
    for pid in (30, 1, 999, 51):
        done = acting.kill(request("command line"), pid)
        assert done.result == "gone" and "only process 40 and what it started" in done.words
    assert machine.signals == []


def test_gently_first_and_by_force_only_if_asked(machine: FakeMachine, acting: Acts) -> None:
    machine.deadly = (9,)
    done = acting.kill(request("command line"), 50)
    assert (done.result, [step for _, step, _ in done.steps]) == ("alive", ["INT", "TERM"])
    done = acting.kill(request("command line"), 50, force=True, tree=True)
    assert (done.result, done.steps[2], done.steps[-1]) == ("ended", (50, "KILL", "ended"), (51, "KILL", "ended"))
    assert machine.entries.keys() >= {1, 30, TOP} and not machine.entries.keys() & {50, 51}


def test_a_stopped_one_goes_on_so_that_it_can_end(machine: FakeMachine, acting: Acts) -> None:
    machine.change(50, state="stopped")
    machine.deadly = (signal.SIGCONT,)
    assert acting.kill(BY, 50).result == "ended"
    assert [number for _, _, number in machine.signals] == [signal.SIGINT, signal.SIGCONT]


def test_who_may_not_be_signalled_is_said_so_and_left(
    machine: FakeMachine, acting: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object, number: int) -> bool:
        raise PermissionError(number)

    monkeypatch.setattr(FakeHandle, "send", refused)
    done = acting.kill(BY, 50, force=True, tree=True)
    assert (done.result, done.steps[0]) == ("alive", (50, "INT", "the system does not allow it"))
    assert machine.entries.keys() >= {50, 51}


def test_an_update_of_its_executable_makes_it_no_other(machine: FakeMachine, acting: Acts) -> None:
    target = Target(50, "50@boot", os.geteuid(), "/bin/zoo-agent")
    machine.exes[50] = "/bin/zoo-agent (deleted)"
    assert held(machine, target) is not None
    machine.exes[50] = "/bin/zoo-agent2"
    assert held(machine, target) is None
    assert machine.closed == 1


def test_the_zoo_loses_only_whom_it_is_said_to(zoo: Zoo, home: Path) -> None:
    gentle = zoo.start("sleep 60; :")
    stubborn = zoo.start("trap '' INT TERM; sleep 60 & wait; sleep 60; :")
    other = zoo.start("sleep 60; :")
    home.mkdir(mode=0o700)
    acting = Acts(Desk(home, [PROGRAM], System()))
    assert all(map(is_ours, (gentle, stubborn, other)))
    assert acting.kill(request("command line"), gentle).result == "ended"
    assert acting.kill(request("command line"), gentle).result == "refused"  # a zombie: this test has to reap it
    waits = (("INT", signal.SIGINT, 0.05), ("TERM", signal.SIGTERM, 0.05))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ending, "INTERRUPT", waits[0])
        patch.setattr(ending, "TERM", waits[1])
        assert acting.kill(request("command line"), stubborn).result == "alive"
        done = acting.kill(request("command line"), stubborn, force=True, tree=True)
    assert done.result == "ended" and "go on" not in done.words and "goes on" not in done.words
    assert [one.state for one in acting.desk.shown(0.0) if one.pid == other] != ["zombie"]


def _started(pid: int) -> list[str]:
    """The names of what it started, as far as that is there."""
    return [entry.name for one in descendants(table.everyone(), pid) if (entry := table.one(one)) is not None]


def test_one_that_is_stopped_one_that_runs_another_program_and_a_thread(zoo: Zoo, home: Path) -> None:
    """With what it started, stopped too: none of these takes a signal before it goes on."""
    home.mkdir(mode=0o700)
    acting = Acts(Desk(home, [PROGRAM], System()))
    stopped = zoo.start("sleep 60 & wait")
    until(lambda: _started(stopped) == ["sleep"])
    (child,) = descendants(table.everyone(), stopped)
    for pid in (child, stopped):
        os.kill(pid, signal.SIGSTOP)
        until(lambda pid=pid: (entry := table.one(pid)) is not None and entry.state == "stopped")
    done = acting.kill(request("command line"), stopped, tree=True)
    assert (done.result, done.words) == ("ended", "it has ended")
    assert done.steps[-1] == (child, "TERM", "ended")

    other = zoo.start("read _; exec sleep 60", terminal=zoo.terminal()[1])
    window = zoo.descriptors[-2]
    (shown,) = [one for one in acting.desk.shown(0.0) if one.pid == other]
    os.write(window, b"\n")
    until(lambda: (entry := table.one(other)) is not None and entry.name == "sleep")
    assert acting.kill(request("command line"), other, shown.born).result == "gone"
    assert held(System(), Target(other, shown.born, os.geteuid(), shown.exe)) is None

    thread = threading.Thread(target=threading.Event().wait, args=(60,), daemon=True)
    thread.start()
    assert thread.native_id is not None and table.one(thread.native_id) is not None
    assert System().hold(thread.native_id) is None
    assert acting.kill(request("command line"), thread.native_id).result == "gone"


def test_programs_of_agents_are_what_may_be_ended(zoo: Zoo, home: Path) -> None:
    home.mkdir(mode=0o700)
    pid = zoo.start("sleep 60; :")
    acting = Acts(Desk(home, [Program("other", names=("other",))], System()))
    assert acting.kill(BY, pid).result == "gone"
