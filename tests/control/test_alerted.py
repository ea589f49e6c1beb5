"""From a process to its alert, and to its end: nothing is recorded meanwhile, for whoever is stale says nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from collector.alerting import alerts
from control.acts import Acts
from control.audit import request
from control.standing import Desk
from store import schema
from store.config import NOTHING
from store.create import create
from store.database import connect_writer, path_in
from store.programs import Program
from tests.control.fakes import FakeMachine
from tests.control.test_standing import IDS, written
from viewers import cli

BEGAN_S, EVERY_S = 1_800_000_000.0, 15.0


class Told:
    """The collector's watch over alerts and control's desk, on one clock that the test turns."""

    def __init__(self, desk: Desk, connection: sqlite3.Connection, patch: pytest.MonkeyPatch) -> None:
        self.now_s, self.desk, self.connection = BEGAN_S, desk, connection
        clock = SimpleNamespace(time=lambda: self.now_s, monotonic=lambda: self.now_s)
        patch.setattr(alerts, "time", clock)
        self.desk.clock = clock.time
        self.watch = alerts.AlertWatch(str(desk.home), connection, lambda: None, lambda _: None)
        self.live: Any = SimpleNamespace(
            guard=SimpleNamespace(must_stop=False, used=0, is_held_up=False, wrote=lambda _: None),
            is_importing=False, lag=lambda: (0, 0.0), rejected=0,
        )  # fmt: skip

    def after(self, minutes: float) -> list[tuple[str, str]]:
        """Looks again and again for so long; gives the alerts then."""
        until_s = self.now_s + 60 * minutes
        while self.now_s < until_s:
            self.now_s += EVERY_S
            self.desk.machine.wait(EVERY_S)
            self.desk.remember(self.desk.shown(0.0))
            self.watch.tend(NOTHING, self.live, self.live)
        return self.connection.execute("select rule, state from alerts order by alert_id").fetchall()


@pytest.fixture
def told(home: Path, acting: Acts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    create(home, schema.FOLDER)
    with closing(connect_writer(path_in(home), 0)) as connection:
        yield Told(acting.desk, connection, monkeypatch)


def test_an_alert_begins_and_ends_with_its_process(told: Told, machine: FakeMachine) -> None:
    assert told.after(0.5) == []
    machine.change(50, memory=9_000_000_000)
    assert told.after(0.5) == []  # it may be a busy moment
    assert told.after(1) == [("runaway_process", "open")]
    machine.change(50, memory=1_000_000)
    assert told.after(0.5) == [("runaway_process", "ended")]
    machine.change(50, state="zombie")
    assert told.after(4) == [("runaway_process", "ended")]
    assert told.after(2) == [("runaway_process", "ended"), ("zombie_process", "open")]
    del machine.entries[50]
    assert told.after(2) == [("runaway_process", "ended"), ("zombie_process", "ended")]


def test_one_that_is_stale_is_told_of_until_it_is_pinned(
    home: Path,
    tmp_path: Path,
    machine: FakeMachine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written(tmp_path / "home" / ".claude", IDS[0], BEGAN_S - 4 * 3600 + 120)
    assert cli.run(["collect", "--once"]) == 0, capsys.readouterr().err
    machine.argvs[50] = ["zoo-agent", "--resume", IDS[0]]
    acting = Acts(Desk(home, [Program("claude", names=("zoo-agent",))], machine))
    with closing(connect_writer(path_in(home), 0)) as connection:
        told = Told(acting.desk, connection, monkeypatch)
        assert told.after(2.5) == []
        assert told.after(1) == [("stale_process", "open")]
        acting.pin(request("command line"), 50)
        assert told.after(0.5) == [("stale_process", "ended")]
