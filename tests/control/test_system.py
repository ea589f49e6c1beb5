"""The real system, and one without its helps: no descriptors of processes, no /proc. And the guard of these tests."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from control import details, proc, table
from control.health import Doing, Seen, judge
from control.machine import System, Watched
from control.scan import Scanner, spent
from control.scope import Scope
from store.process_config import Processes
from store.programs import Program
from tests.control.conftest import PROGRAM, Zoo, until

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
    assert abs((told.began_s or 0) - (by_hand.began_s or 0)) < 1.5  # psutil knows the start of the system to a second
    assert table.one(2**22 + 1) is None


QUESTIONS = ("uid", "exe", "argv", "cwd", "open_files", "environ", "terminal")


@pytest.mark.parametrize("has_terminal", [True, False])
def test_what_is_read_by_hand_is_what_psutil_tells(has_terminal: bool, zoo: Zoo, tmp_path: Path) -> None:
    inside = zoo.terminal()[1] if has_terminal else None
    script = f"exec 3< {tmp_path}/text; : > {tmp_path}/opened; sleep 60; :"
    (tmp_path / "text").write_text("x")
    pid = zoo.start(script, "-p", "", "a b", terminal=inside)
    until((tmp_path / "opened").exists)
    for name in QUESTIONS:
        assert getattr(proc, name)(pid) == getattr(details, name)(pid), name
        assert getattr(proc, name)(2**22 + 1) is None, name
    assert proc.open_files(pid) == [str(tmp_path / "text")] and (proc.argv(pid) or [])[-3:] == ["-p", "", "a b"]


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
