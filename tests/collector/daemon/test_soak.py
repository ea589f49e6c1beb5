"""C21: days of work with kills, full disks and moved files leave the same as one look at the final files."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.demo.fleet import Fleet, on_stage, run
from collector.demo.stage import DiskPen
from store.ask import ask
from tests.collector.daemons import finish, spawn
from tests.collector.demo.test_demo import check_truth
from tests.collector.recorded import Rows, check_same, record, rows, views
from viewers.collecting.demo import seconds_of

SPLIT = 0.1
RESUMES_S = 10.0


class SplittingPen(DiskPen):
    """A tenth of its writes come in two halves."""

    def __init__(self) -> None:
        super().__init__()
        self._choose = random.Random(1)

    def write(self, path: str, descriptor: int, content: bytes) -> None:
        if len(content) > 1 and self._choose.random() < SPLIT:
            cut = self._choose.randrange(1, len(content))
            os.write(descriptor, content[:cut])
            time.sleep(0.003)
            content = content[cut:]
        os.write(descriptor, content)


class Soak:
    """A fleet at work, and a collector that is not left in peace."""

    def __init__(self, home: Path, user: Path, mutant: str, rate: float) -> None:
        self.home, self.user, self.mutant, self.rate = home, user, mutant, rate
        self.pen = SplittingPen()
        self.fleet = Fleet(str(user), 21, lambda: time.time_ns() // 1_000_000, self.pen)
        for _ in self.fleet.past(1):
            pass
        # Threads that are over can be put away; those of the present are still written.
        self._over = sorted((user / ".codex" / "sessions").rglob("*.jsonl"))
        self._full = home.with_name("full")
        self.kills = self.fulls = self.moves = 0
        for place in (home, home.with_name("clean_home")):
            place.mkdir(0o700, exist_ok=True)
            (place / "config.toml").write_text(f'[roots]\nclaude = ["{user}/.claude-work"]\n')
        self.process = spawn(home, user, mutant)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The fleet writes while the block runs."""
        is_over = threading.Event()

        def work() -> None:
            with on_stage(self.fleet, 6) as going:
                run(self.fleet, going, self.rate, is_over.is_set)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield
        finally:
            is_over.set()
            worker.join()

    def kill(self) -> None:
        self.process.kill()
        finish(self.process)
        self.kills += 1
        self.process = spawn(self.home, self.user, self.mutant)

    def fill_disk(self, seconds: float) -> None:
        """No room for a while; some time after there is, everything is read."""
        self._full.touch()
        time.sleep(seconds)
        self._full.unlink()
        self.fulls += 1
        self.wait(self.pen.lines, RESUMES_S)

    def put_away(self) -> None:
        """A thread that is over is moved to the archive."""
        if self._over:
            path = self._over.pop()
            (self.user / ".codex" / "archived_sessions").mkdir(exist_ok=True)
            path.rename(self.user / ".codex" / "archived_sessions" / path.name)
            self.moves += 1

    def wait(self, lines: int, patience_s: float) -> None:
        """Until so many lines are recorded, of those that anybody reads."""
        end = time.monotonic() + patience_s
        unread = sum(path.read_bytes().count(b"\n") for path in self.user.glob(".*/history.jsonl"))
        while _recorded(self.home) < lines - unread:
            assert time.monotonic() < end, "it does not go on"
            time.sleep(0.1)

    def wait_calm(self) -> None:
        end = time.monotonic() + 120
        while not (said := ask(str(self.home), "status", 10.0)) or not said["sweeps"] or said["lagBytes"]:
            assert time.monotonic() < end, "it does not come to rest"
            time.sleep(0.1)


def _recorded(home: Path) -> int:
    if not (home / "fleetmeter.db").exists():
        return 0
    return rows(home, "select coalesce(sum(records + rejected), 0) from sources where path like '%.jsonl'")[0][0]


def check_c21(
    home: Path, user: Path, seconds: float, kill_every_s: float, rate: float = 60.0, mutant: str = "full-disk"
) -> None:
    soak = Soak(home, user, mutant, rate)
    full_at = [seconds / 3, seconds * 2 / 3]
    try:
        soak.wait(soak.pen.lines, 60)
        began = time.monotonic()
        with soak.at_work():
            while time.monotonic() - began < seconds or full_at:
                time.sleep(kill_every_s)
                soak.kill()
                soak.put_away()
                if full_at and time.monotonic() - began > full_at[0]:
                    full_at.pop(0)
                    soak.fill_disk(min(kill_every_s, 30.0))
        soak.wait_calm()
    finally:
        finish(soak.process)
    print("C21", soak.kills, "kills", soak.fulls, "full disks", soak.moves, "moves", soak.pen.lines, "lines")  # noqa: T201 - shown by -s
    record(home, user)
    clean = home.with_name("clean_home")
    record(clean, user)
    got, expected = lasting(home), lasting(clean)
    assert expected["responses"]
    if got != expected:
        check_same(got, expected)
    check_truth(home, soak.fleet.bill)
    assert record(home, user).bytes == 0
    assert rows(home, "select path from sources where generation > 1") == []


def lasting(home: Path) -> dict[str, Rows]:
    """All views, but what the registry of processes says: its files are gone by now, and a clean look sees none."""
    found = {**views(home), "processes": []}
    found["sources"] = [row for row in found["sources"] if not any(_is_entry(value) for value in row)]
    return found


def _is_entry(value: object) -> bool:
    return isinstance(value, str) and value.endswith(".json") and os.path.basename(os.path.dirname(value)) == "sessions"


@pytest.mark.promise("C21")
def test_C21_kills_full_disks_and_moves_leave_what_one_look_finds(home: Path, tmp_path: Path) -> None:
    check_c21(home, tmp_path / "user", 6.0, 0.8)


@pytest.mark.full
@pytest.mark.promise("C21")
def test_C21_a_soak_of_any_length(home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seconds = seconds_of(request.config.getoption("--soak")) or 0.0
    check_c21(home, tmp_path / "user", seconds, min(60.0, seconds / 20), 100.0)


@pytest.mark.mutant("C21")
@pytest.mark.parametrize("mutant", ["gives-up", "forgets"])
def test_C21_fails_for_one_that_gives_up_or_forgets(home: Path, tmp_path: Path, mutant: str) -> None:
    with pytest.raises(AssertionError):
        check_c21(home, tmp_path / "user", 1.0, 0.6, mutant=mutant)
