"""What a look costs: everyone in a line, and questions only once."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from control.machine import System
from control.scan import Scanner
from control.scope import Scope
from tests.control.conftest import PROGRAM, Zoo
from tests.control.fakes import FakeMachine

FIRST_S, EVERY_S, SHARE = 0.050, 5.0, 0.005


def test_nobody_is_asked_twice_whose_process_he_is() -> None:
    machine = FakeMachine()
    machine.add(40, 1, "sh")
    for pid in range(100, 400):
        machine.add(pid, 40, "zoo-agent" if pid % 10 == 0 else "make")
    scanner = Scanner(machine, [PROGRAM], Scope((40,)))
    assert len(scanner.look().processes) == 30
    first = len(machine.asked)
    assert first <= 301 + 31  # the executable of each, the arguments of agents
    machine.asked.clear()
    machine.add(500, 40, "zoo-agent")
    machine.change(101, name="zoo-agent")  # it has begun another program
    scanner.look()
    assert set(machine.asked) == {500, 101}


@pytest.fixture
def crowd(zoo: Zoo) -> Iterator[None]:
    """Three hundred processes, ten of them agents'."""
    many = [subprocess.Popen(["sleep", "60"]) for _ in range(290)]
    for _ in range(10):
        zoo.start("sleep 60; :")
    yield
    for one in many:
        one.kill()
        one.wait()


@pytest.mark.full
def test_three_hundred_processes_cost_little(crowd: None) -> None:
    scanner = Scanner(System(), [PROGRAM], Scope((os.getpid(),)))
    began_s = time.process_time()
    assert len(scanner.look().processes) == 10
    first_s = time.process_time() - began_s
    later: list[float] = []
    for _ in range(10):
        began_s = time.process_time()
        scanner.look()
        later.append(time.process_time() - began_s)
    assert first_s <= FIRST_S, f"{first_s * 1e3:.1f} ms"
    assert min(later) <= EVERY_S * SHARE, f"{min(later) * 1e3:.1f} ms"
