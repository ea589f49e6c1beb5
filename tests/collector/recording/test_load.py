"""C18, C19: under load, and beside a backlog, what is written is recorded soon, in little memory and a short log."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from store.ask import ask
from store.database import open_reader
from store.errors import FleetmeterError
from tests.collector.daemons import running
from tests.collector.recorded import check_every_byte, rows
from tests.collector.recording.load import lay_backlog, writers
from tests.collector.recording.load_child import WRITE

CHILD = Path(__file__).with_name("load_child.py")
EVERY_S = 0.025
LONG_S = 120.0  # a round that is shorter tells nothing of how memory grows
READ = "select path, cursor_bytes from sources"
TICKS = os.sysconf("SC_CLK_TCK")


class Use(NamedTuple):
    """What the collector uses at an instant."""

    at: float
    rss_mb: float
    cpu_s: float
    log_bytes: int


class Watcher(threading.Thread):
    """Looks how far each file is read, again and again, and now and then what the collector uses."""

    def __init__(self, home: Path, pid: int) -> None:
        super().__init__()
        self._home, self._pid = home, pid
        self.seen: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.uses: list[Use] = []
        self._is_over = threading.Event()

    def run(self) -> None:
        while not self._is_over.is_set():
            try:
                reader = open_reader(self._home)
            except FleetmeterError:
                time.sleep(EVERY_S)
                continue
            version = None
            while not self._is_over.wait(EVERY_S):
                if not self.uses or time.monotonic() - self.uses[-1].at > 1.0:
                    self.uses.append(use(self._home, self._pid))
                (now,) = reader.execute("pragma data_version").fetchone()
                if now == version:
                    continue
                version, found = now, reader.execute(READ).fetchall()
                at = time.monotonic()
                for path, cursor in found:
                    seen = self.seen[path]
                    if not seen or seen[-1][1] != cursor:
                        seen.append((at, cursor))
            reader.close()

    def end(self) -> None:
        self._is_over.set()
        self.join()


def use(home: Path, pid: int) -> Use:
    log = home / "fleetmeter.db-wal"
    size = log.stat().st_size if log.exists() else 0
    if not Path("/proc/self/stat").exists():
        return Use(time.monotonic(), 0.0, 0.0, size)
    status, words = Path(f"/proc/{pid}/status").read_text(), Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    rss_mb = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return Use(time.monotonic(), rss_mb, sum(map(int, words.split()[11:15])) / TICKS, size)


def lags(log: Path, paths: list[str], seen: dict[str, list[tuple[float, int]]], since: float = 0.0) -> list[float]:
    """For each write since then, the seconds until a reader saw that all of it is read."""
    place: dict[int, int] = defaultdict(int)
    found: list[float] = []
    for at, number, end in WRITE.iter_unpack(log.read_bytes()):
        looks = seen[paths[number]]
        while place[number] < len(looks) and looks[place[number]][1] < end:
            place[number] += 1
        assert place[number] < len(looks), f"{paths[number]} was not read up to {end}"
        if at >= since:
            found.append(looks[place[number]][0] - at)
    return sorted(found)


def slope(uses: list[Use]) -> float:
    """How memory grows over the second half, in MB a minute: by the least squares."""
    half = uses[len(uses) // 2 :]
    middle = sum(each.at for each in half) / len(half)
    spread = sum((each.at - middle) ** 2 for each in half)
    return 60 * sum((each.at - middle) * each.rss_mb for each in half) / spread


@contextmanager
def child(act: str, *arguments: object) -> Generator["subprocess.Popen[str]", None, None]:
    command = [sys.executable, str(CHILD), act, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answer(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _ = process.communicate()
    assert process.returncode == 0
    return json.loads(out)


def tell(what: str, figures: dict[str, object]) -> None:
    """The figures of a round, for whoever runs it with -s."""
    print(what, json.dumps(figures))  # noqa: T201 - pytest shows it on demand


def wait_until_calm(home: Path, patience_s: float = 300.0) -> None:
    """Until everything is read; whoever is behind may be slow to answer."""
    end = time.monotonic() + patience_s
    while True:
        said = ask(str(home), "status", 30.0)
        if said and said.get("sweeps") and not said["backlog"]["files"] and not said["lagBytes"]:
            return
        assert time.monotonic() < end, "it is behind, and stays so"
        time.sleep(0.05)


def wait_for_rows(home: Path, lines: int, patience_s: float) -> None:
    """Until so many are there; asked seldom, for counting them takes its time."""
    end = time.monotonic() + patience_s
    while rows(home, "select coalesce(sum(records), 0) from sources")[0][0] < lines:
        assert time.monotonic() < end, "the backlog is not read"
        time.sleep(0.2)


def all_rows(home: Path) -> tuple[int, int, int]:
    """Records, their bytes, and rejects."""
    ((count, size),) = rows(home, "select count(*), sum(length) from record")
    return count, size, rows(home, "select count(*) from rejects")[0][0]


def check_c18(home: Path, user: Path, files: int, rate: int, seconds: float, mutant: str = "none") -> None:
    """Many files grow at once, by real lines of real sizes, and two viewers look on."""
    (user / ".claude" / "projects").mkdir(parents=True, exist_ok=True)
    (user / ".codex" / "sessions").mkdir(parents=True)
    log, paths = home.with_name("writes"), [str(writer.path) for writer in writers(user, files)]
    with (
        running(home, user, mutant) as process,
        child("write", user, files, rate, seconds, log) as load,
        child("look", home) as viewer,
    ):
        watcher = Watcher(home, process.pid)
        watcher.start()
        try:
            said = answer(load)
            wait_until_calm(home)
            time.sleep(4 * EVERY_S)
        finally:
            watcher.end()
        looked = answer(viewer)
        uses = [each for each in watcher.uses if each.at < watcher.uses[0].at + seconds]
        found = lags(log, paths, watcher.seen)
        share = (uses[-1].cpu_s - uses[0].cpu_s) / (uses[-1].at - uses[0].at)
        is_long = seconds >= LONG_S
        tell("C18", {
            **said, "p50": round(found[len(found) // 2], 3), "p99": round(found[int(len(found) * 0.99)], 3),
            "most": round(found[-1], 3), "rss": round(max(each.rss_mb for each in uses), 1),
            "slope": round(slope(uses), 2) if is_long else None, "cpu": round(share, 3),
            "log": max(each.log_bytes for each in uses), **looked,
        })  # fmt: skip
        assert all_rows(home) == (said["lines"], said["bytes"], 0)
        # A short round on a busy machine shows the middle only.
        assert found[len(found) // 2] < 0.5
        assert found[int(len(found) * 0.99)] < (1.0 if is_long else 5.0)
        assert found[-1] < 5.0 or not is_long
        assert max(each.rss_mb for each in uses) < 150
        assert max(each.log_bytes for each in uses) < 64 << 20
        assert share < 0.5 or not is_long
        assert not is_long or slope(uses) < 1.0
        assert looked["looks"]
    check_every_byte(home)


@pytest.mark.promise("C18")
@pytest.mark.timed
def test_C18_many_files_grow_and_the_lag_stays_small(home: Path, tmp_path: Path) -> None:
    check_c18(home, tmp_path / "user", 40, 800, 3.0)


@pytest.mark.full
@pytest.mark.promise("C18")
@pytest.mark.timed
def test_C18_ten_minutes_of_load(home: Path, tmp_path: Path) -> None:
    check_c18(home, tmp_path / "user", 200, 5000, 600.0)


@pytest.mark.mutant("C18")
def test_C18_fails_for_one_that_rests_too_long(home: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_c18(home, tmp_path / "user", 10, 200, 4.0, "rests-long")


def check_c19(home: Path, user: Path, megabytes: int, files: int, mutant: str = "none") -> None:
    """A cold start over a backlog, while other files are written: these are seen at once, and the backlog is read."""
    (user / ".claude" / "projects").mkdir(parents=True, exist_ok=True)
    (user / ".codex" / "sessions").mkdir(parents=True)
    lines, size = lay_backlog(user, megabytes, files)
    log, seconds = home.with_name("writes"), max(3.0, megabytes / 20)
    paths = [str(writer.path) for writer in writers(user, 20)]
    with (
        child("write", user, 20, 100, seconds, log) as load,
        running(home, user, mutant) as process,
    ):
        began, watcher = time.monotonic(), Watcher(home, process.pid)
        watcher.start()
        try:
            wait_for_rows(home, lines, megabytes / 5 + 30)
            took_s = time.monotonic() - began
            said = answer(load)
            wait_until_calm(home)
            time.sleep(4 * EVERY_S)
        finally:
            watcher.end()
        found, used = lags(log, paths, watcher.seen, began), watcher.uses[-1]
        tell("C19", {
            "bytes": size, "lines": lines, "seconds": round(took_s, 1), "MB/s": round(size / took_s / 1e6, 1),
            "p50": round(found[len(found) // 2], 3), "p99": round(found[int(len(found) * 0.99)], 3),
            "most": round(found[-1], 3), "rss": round(max(each.rss_mb for each in watcher.uses), 1),
            "cpu_s": used.cpu_s, "log": max(each.log_bytes for each in watcher.uses),
        })  # fmt: skip
        assert all_rows(home) == (lines + said["lines"], size + said["bytes"], 0)
        is_long = seconds >= LONG_S
        # On a busy machine a single portion of the backlog may take seconds; who comes last waits for all of it.
        assert found[-1] < (2.0 if is_long else max(2.0, took_s * 0.7))
        assert (took_s if is_long else used.cpu_s) < megabytes / 20 + 2
    check_every_byte(home)


@pytest.mark.promise("C19")
@pytest.mark.timed
def test_C19_a_backlog_is_read_beside_live_files(home: Path, tmp_path: Path) -> None:
    check_c19(home, tmp_path / "user", 40, 24)


@pytest.mark.full
@pytest.mark.promise("C19")
@pytest.mark.timed
def test_C19_five_gigabytes_beside_live_files(home: Path, tmp_path: Path) -> None:
    check_c19(home, tmp_path / "user", 5000, 2000)


@pytest.mark.mutant("C19")
def test_C19_fails_when_the_backlog_goes_first(home: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_c19(home, tmp_path / "user", 40, 24, "backlog-first")
