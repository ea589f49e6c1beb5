"""The real system, and one without its helps: no descriptors of processes, no /proc. And the guard of these tests."""

import os
import signal
import subprocess

import pytest

from control import table
from control.health import Doing, Seen, judge
from control.machine import System, Watched
from control.scan import Scanner, spent
from control.scope import Scope
from store.process_config import Processes
from store.programs import Program
from tests.control.conftest import PROGRAM, Zoo

NOBODY = 65_534


def test_the_guard_lets_nothing_of_others_be_looked_at_or_signalled() -> None:
    with pytest.raises(AssertionError, match="without a scope"):
        Scanner(System(), [PROGRAM], Scope())
    with pytest.raises(AssertionError, match="without a scope"):
        Scanner(System(), [PROGRAM], Scope((1,)))
    with pytest.raises(AssertionError, match="no test started"):
        os.kill(1, 0)


@pytest.mark.promise("K1")
def test_K1_without_descriptors_it_is_looked_at_before_each_signal(zoo: Zoo) -> None:
    """As on macOS: a later process of the pid has another birth, and is not signalled."""
    pid = zoo.start("sleep 60; :")
    born = table.born(pid)
    assert not Watched(pid, f"earlier-{born}").send(signal.SIGKILL)
    assert Watched(pid, f"earlier-{born}").ends(0)
    watched = Watched(pid, born)
    assert not watched.ends(0)
    assert watched.send(signal.SIGKILL)
    assert watched.ends(30)


def test_without_proc_psutil_tells_the_same(zoo: Zoo, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = zoo.start("sleep 60; :")
    by_hand = table.one(pid)
    monkeypatch.setattr(table, "HAS_PROC", False)
    told = table.one(pid)
    assert by_hand is not None and told is not None
    assert told[:4] == by_hand[:4] and told.born and told.memory
    assert abs((told.began_s or 0) - (by_hand.began_s or 0)) < 0.1
    assert table.one(2**22 + 1) is None


def test_one_whose_terminal_is_closed_is_an_orphan(zoo: Zoo, scope: Scope) -> None:
    window, inside = zoo.terminal()
    zoo.start("trap '' HUP; sleep 60; :", terminal=inside)
    zoo.shut(inside)
    zoo.shut(window)
    scanner = Scanner(System(), [PROGRAM], scope)
    before, after = scanner.look(), scanner.look()
    (one,) = after.processes
    health = judge(Seen(one, spent(one, before, after), Doing(), 0.0, Processes()))
    assert health.state == "orphaned"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of another user")
def test_a_process_of_another_user_is_no_candidate(scope: Scope) -> None:
    other = subprocess.Popen(["sleep", "60"], user=NOBODY)
    own = subprocess.Popen(["sleep", "60"])
    try:
        look = Scanner(System(), [Program("zoo", names=("sleep",))], scope).look()
        assert other.pid not in look.table
        assert own.pid in look.table
    finally:
        for one in (other, own):
            one.kill()
            one.wait()
