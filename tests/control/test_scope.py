"""The scope comes before all else: what is outside is never asked about, whatever it is called."""

import os
from pathlib import Path

import pytest

from control.machine import System
from control.scan import Scanner
from control.scope import Family, Scope, ancestors, read
from store.errors import FleetmeterError
from tests.control.conftest import PROGRAM, Zoo
from tests.control.fakes import FakeMachine


@pytest.fixture
def machine() -> FakeMachine:
    """Two families of agents: one below 10, one below 20."""
    machine = FakeMachine()
    machine.add(1, 0, "init")
    for top in (10, 20):
        machine.add(top, 1, "sh")
        machine.add(top + 1, top)
        machine.add(top + 2, top + 1, "make")
        machine.environs[top + 1] = {"FLEET": "blue" if top == 10 else "red"}
    return machine


@pytest.mark.parametrize(
    ("environ", "configured", "scope"),
    [
        ("", "", Scope()),
        ("pid:10", "", Scope((10,))),
        ("", "env:FLEET=blue", Scope((), (("FLEET", "blue"),))),
        ("env:A=b=c", "", Scope((), (("A", "b=c"),))),
        ("pid:10", "pid:20", Scope((10, 20))),
    ],
)
def test_both_places_narrow_it(environ: str, configured: str, scope: Scope) -> None:
    assert read({"FLEETMETER_SCOPE": environ} if environ else {}, configured) == scope


@pytest.mark.parametrize("words", ["pid:", "pid:x", "pid:0", "pid:-1", "env:", "env:A", "10", "all", " "])
def test_one_that_cannot_be_read_is_an_error_and_not_the_whole_machine(words: str) -> None:
    with pytest.raises(FleetmeterError, match="cannot be"):
        read({"FLEETMETER_SCOPE": words}, "")


@pytest.mark.parametrize(
    ("scope", "pids"),
    [
        (Scope((10,)), [11]),
        (Scope((11,)), [11]),
        (Scope((), (("FLEET", "red"),)), [21]),
        (Scope((10,), (("FLEET", "red"),)), []),
        (Scope((99,)), []),
        (Scope(), [11, 21]),
    ],
)
def test_only_its_family_is_seen_and_asked_about(machine: FakeMachine, scope: Scope, pids: list[int]) -> None:
    look = Scanner(machine, [PROGRAM], scope).look()
    assert [process.pid for process in look.processes] == pids
    assert set(machine.asked) <= set(look.table)


def test_an_ancestor_that_ended_leaves_no_scope_to_whoever_gets_its_pid(machine: FakeMachine) -> None:
    scanner = Scanner(machine, [PROGRAM], Scope((10,)))
    assert scanner.look().processes
    machine.change(10, born="later@boot")
    assert scanner.look().processes == ()
    assert scanner.look().table == {}


def test_processes_of_other_users_are_no_candidates(machine: FakeMachine) -> None:
    machine.uids[11] = os.geteuid() + 1
    del machine.uids[21]  # of nobody knows whom
    assert Scanner(machine, [PROGRAM], Scope()).look().processes == ()


def test_the_way_up_ends_where_parents_go_round() -> None:
    machine = FakeMachine()
    machine.add(2, 3)
    machine.add(3, 2)
    assert ancestors(machine.entries, 2) == [3]
    assert Family(machine, Scope((2,))).of(machine.entries).keys() == {2, 3}


def test_the_real_machine_shows_this_family_alone(zoo: Zoo, scope: Scope) -> None:
    pid = zoo.start("sleep 60; :")
    look = Scanner(System(), [PROGRAM], scope).look()
    assert [process.pid for process in look.processes] == [pid]
    parents = {entry.parent for one, entry in look.table.items() if one != os.getpid()}
    assert parents <= set(look.table)
    assert Path("/proc/1").exists() and 1 not in look.table
