"""Feeds do not grow for ever: days that are over are removed when all in them is recorded, and archived if wished."""

import os
import signal
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.archive.archiver import Archiver
from store import feed
from store.config import Archiving
from tests.collector.archive.archived import keep
from tests.collector.daemons import calm, running, status, until
from tests.collector.lines.test_feed import EMIT
from tests.collector.recorded import record, rows

BODY = b'{"session_id": "s%d", "hook_event_name": "Stop"}'


def lay(home: Path, user: Path, days: int) -> Path:
    """A message of so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    folder = feed.tree(str(home), "claude", str(user / ".claude"))
    assert feed.append(folder, feed.line("hook", BODY % days, f"{at:%Y-%m-%dT%H:%M:%S}.000Z", 1))
    return Path(folder) / f"{at:%Y-%m-%d}.feed"


def test_days_that_are_over_are_removed_once_they_are_recorded_and_archived(home: Path, user: Path) -> None:
    old, new = [lay(home, user, days) for days in (9, 4, 3)], [lay(home, user, days) for days in (1, 0)]
    record(home, user)
    keep(home)
    with running(home, user):
        until(lambda: not any(path.exists() for path in old))
        assert all(path.exists() for path in new)
        said = status(home)["feed"]
        assert said["removed"] == 3 and said["files"] >= 2
    assert len(rows(home, "select 1 from signals")) == 5
    assert rows(home, "select count(*) from sources where kind = 'feed' and state = 'gone'") in ([(0,)], [(3,)])


def test_what_is_not_archived_or_not_read_stays(home: Path, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lay(home, user, 5)
    record(home, user)
    archiver = Archiver(str(home), Archiving())
    assert archiver.keeps({1}) == set()
    keep(home)
    (generation_id,) = rows(home, "select max(generation_id) from generation")[0]
    assert archiver.keeps({generation_id}) == {generation_id}
    lay(home, user, 5)  # it grew
    record(home, user)
    assert archiver.keeps({generation_id}) == set()
    assert Archiver(str(home), Archiving(is_on=False)).keeps({generation_id}) == {generation_id}
    assert path.exists()


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.full)])
def test_messages_wait_for_a_collector_and_are_all_there(count: int, home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    loop = (
        'for i in $(seq "$3"); do echo "{\\"session_id\\": \\"s$i\\", \\"hook_event_name\\": \\"Stop\\"}"'
        ' | "$0" -I -S "$1" claude "$2" || echo failed; done'
    )
    words = ["/bin/sh", "-c", loop, sys.executable, str(EMIT), str(user / ".claude"), str(count)]
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(words, capture_output=True, check=True, env=environ)
    assert (done.stdout, done.stderr) == (b"", b"")
    record(home, user)
    assert rows(home, "select count(*), count(distinct session_id) from signals") == [(count, count)]


def timed(words: list[str], environ: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, input=BODY % 1, env=environ, check=True)
    return time.perf_counter() - began


@pytest.mark.timed
def test_a_collector_that_hangs_costs_the_sender_nothing(home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(home)}
    bare, emit = [sys.executable, "-I", "-S", "-c", "pass"], [sys.executable, "-I", "-S", str(EMIT), "claude", "/r"]
    emit[-1] = str(user / ".claude")
    with running(home, user) as collector:
        calm(home)
        collector.send_signal(signal.SIGSTOP)
        try:
            pairs = [(timed(bare, environ), timed(emit, environ)) for _ in range(15)]
        finally:
            collector.send_signal(signal.SIGCONT)
        until(lambda: len(rows(home, "select 1 from signals")) == 15)
    extra_s = statistics.median(ours - floor for floor, ours in pairs)
    assert extra_s < 0.05
