"""Processes are looked at beside a collector: every five seconds, by one, until it ends, and for little."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from control import sampling
from control.acts import Acts
from control.machine import System
from control.sampling import EVERY_S, FIRST_S, MOST, sample, until_end_of
from control.standing import Desk
from store import lock
from store.control_file import WATCHER, WATCHER_END, read_control
from store.errors import FleetmeterError
from tests.control.conftest import PROGRAM, Zoo
from tests.control.fakes import FakeMachine
from viewers.collecting import watching

SHARE = 0.005
ROOT = Path(__file__).parents[2]


class Turns:
    """Goes on so often, and remembers the waits."""

    def __init__(self, turns: int, between: Callable[[], object] = lambda: None) -> None:
        self.left, self.between, self.waits = turns, between, list[float]()

    def __call__(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.left -= 1
        self.between()
        return self.left >= 0


def watched(home: Path) -> list[tuple[int, str]]:
    reader = read_control(home)
    if reader is None:
        return []
    with closing(reader):
        return reader.execute("select pid, state from process_health").fetchall()


def test_what_runs_is_remembered_until_it_is_over(acting: Acts, home: Path) -> None:
    held: list[str] = []

    def between() -> None:
        holder = lock.holder(home, WATCHER)
        held.append(holder.doing if holder else "")

    turns = Turns(3, between)
    sample(home, lambda: acting.desk, turns)
    assert watched(home) == [(50, "idle")]
    assert turns.waits == [FIRST_S, EVERY_S, EVERY_S, EVERY_S]
    assert set(held) == {"watching processes"} and lock.holder(home, WATCHER) is None


def test_one_looks_for_a_data_folder(acting: Acts, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "BEFORE_S", 0.0)
    second = Turns(3)
    with lock.hold(home, "watching processes", name=WATCHER):
        sample(home, lambda: acting.desk, second)
    assert second.waits == [] and watched(home) == []


def test_whoever_wants_no_samples_has_none(acting: Acts, machine: FakeMachine, home: Path) -> None:
    (home / "config.toml").write_text("[processes]\nsample = false\n")
    sample(home, lambda: Desk(home, [PROGRAM], machine), Turns(3))
    assert machine.asked == [] and watched(home) == []


def test_nothing_is_written_where_no_agent_runs(acting: Acts, machine: FakeMachine, home: Path) -> None:
    del machine.entries[50], machine.entries[51]
    sizes: list[tuple[float, ...]] = []
    names = ("fleetmeter-control.db", "fleetmeter-control.db-wal")
    paths = [home / name for name in names]
    sample(
        home, lambda: acting.desk, Turns(4, lambda: sizes.append(tuple(p.stat().st_mtime for p in paths if p.exists())))
    )  # fmt: skip
    assert len(set(sizes[2:])) == 1  # the first look forgets what is old


def test_looks_that_fail_end_nothing_until_they_all_do(
    acting: Acts, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, looks = acting.desk, list[int]()

    def failing() -> list[object]:
        looks.append(1)
        raise OSError("no more files")

    monkeypatch.setattr(desk, "shown", failing)
    with pytest.raises(OSError, match="no more files"):
        sample(home, lambda: desk, Turns(100))
    assert len(looks) == MOST
    why = watching.standing(str(home))["why"]
    assert why.startswith("the process that looked gave up at 20") and why.endswith("OSError: no more files")
    assert (home / WATCHER_END).stat().st_mode & 0o777 == 0o600
    sample(home, lambda: desk, Turns(0))  # the next one knows nothing of it
    assert watching.standing(str(home))["why"] == "no process looks at them yet"


def test_that_it_was_killed_is_told(home: Path) -> None:
    home.mkdir(mode=0o700)
    hold = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from store import lock
from store.control_file import WATCHER
with lock.hold(sys.argv[1], "watching processes", name=WATCHER):
    print(flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout is not None and one.stdout.readline()
        one.kill()
    told = watching.standing(str(home))
    assert told == {
        "isWatched": False, "isWanted": True, "pid": None, "why": f"the process that looked (pid {one.pid}) was killed"
    }  # fmt: skip
    assert watching.words(told).endswith("was killed; `fleetmeter restart` begins again")


def test_it_begins_beside_a_collector_that_has_made_no_folder_yet(home: Path, machine: FakeMachine) -> None:
    sample(home, lambda: Desk(home, [PROGRAM], machine), Turns(1))
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_scope_that_cannot_be_read_is_looked_at_by_nobody(
    acting: Acts, machine: FakeMachine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEETMETER_SCOPE", "everything")
    with pytest.raises(FleetmeterError):
        sample(home, lambda: Desk(home, [PROGRAM], machine), Turns(3))
    assert machine.asked == []


def test_it_goes_on_until_the_other_end_is_closed() -> None:
    reading, writing = os.pipe()
    goes_on = until_end_of(reading)
    assert goes_on(0.0) and goes_on(0.01)
    os.close(writing)
    began_s = time.monotonic()
    assert not goes_on(60.0)
    assert time.monotonic() - began_s < 30.0
    os.close(reading)


@pytest.mark.full
def test_a_look_that_is_remembered_costs_little(zoo: Zoo, home: Path) -> None:
    home.mkdir(mode=0o700)
    for _ in range(10):
        zoo.start("sleep 60; :")
    desk, spent = Desk(home, [PROGRAM], System()), list[float]()
    for _ in range(12):
        began_s = time.process_time()
        desk.remember(desk.shown(0.0))
        spent.append(time.process_time() - began_s)
    assert len(watched(home)) == 10
    assert min(spent) <= EVERY_S * SHARE, f"{min(spent) * 1e3:.1f} ms"
