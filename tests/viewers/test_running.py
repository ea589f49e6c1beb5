"""start, stop, restart, status, service: the collector from the command line, with real processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import ask, database, lock, process
from store.control_file import WATCHER
from viewers.care import status
from viewers.collecting import notice, service, watching

CHILD = Path(__file__).parents[1] / "store" / "child.py"


@pytest.fixture
def ended(home: Path) -> Iterator[None]:
    """Whatever a test started for its data folder ends with it."""
    yield
    holder = lock.holder(home)
    if holder is not None and holder.doing == lock.COLLECTING and holder.born:
        process.send(holder.pid, holder.born, signal.SIGKILL)


@pytest.mark.usefixtures("ended")
def test_a_collector_is_started_asked_restarted_and_stopped(write: Any, history: Any, run: Any, home: Path) -> None:
    write(history)
    assert run("stop").stdout == "no collector runs\n"
    assert re.fullmatch(r"started \(pid \d+\)\n", run("start").stdout)
    assert "runs already" in run("start").stdout
    told = json.loads(run("status", "--json").stdout)
    assert told["isRunning"] and told["pid"] == lock.holder(home).pid  # pyright: ignore[reportOptionalMemberAccess] - it runs
    assert set(told) >= {
        "uptimeSeconds", "lagBytes", "lagSeconds", "files", "watches", "recordsPerSecond", "rejected", "backlog",
        "databaseBytes", "walBytes", "lastError", "sqlite", "state",
    }  # fmt: skip
    shown = run("status")
    assert shown.returncode == 0 and shown.stdout.startswith("collector   ")
    second = run("collect")
    assert second.returncode == 1 and f"(pid {told['pid']})" in second.stderr
    bare = run()  # shows what is recorded, and neither waits nor records
    assert bare.returncode == 0 and bare.stdout and not bare.stderr
    assert "started" in run("restart").stdout
    assert json.loads(run("status", "--json").stdout)["pid"] != told["pid"]
    assert run("stop").stdout.startswith("stopped (pid ")
    assert lock.holder(home) is None
    ended = run("status")
    assert ended.returncode == 1 and "fleetmeter start" in ended.stderr
    assert json.loads(run("status", "--json").stdout)["isRunning"] is False


def until(is_so: Any) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.usefixtures("ended")
def test_processes_are_looked_at_beside_a_collector_and_not_after_it(run: Any, recorded: Path) -> None:
    run("start")
    until(lambda: lock.holder(recorded, WATCHER) is not None)
    watcher, collector = lock.holder(recorded, WATCHER), lock.holder(recorded)
    assert watcher is not None and collector is not None and watcher.pid != collector.pid
    assert json.loads(run("status", "--json").stdout)["processes"]["pid"] == watcher.pid
    assert f"looked at every 5 s, by pid {watcher.pid}" in run("status").stdout
    assert f"looked at every 5 s, by pid {watcher.pid}" in run("doctor").stdout
    process.send(collector.pid, collector.born, signal.SIGKILL)
    until(lambda: lock.holder(recorded, WATCHER) is None)
    (recorded / "config.toml").write_text("[processes]\nsample = false\n")
    assert watching.words(watching.standing(str(recorded))).startswith("not looked at: `sample = false`")


def test_what_keeps_it_from_starting_is_told(run: Any, recorded: Path) -> None:
    (recorded / "config.toml").write_text("acounts = 1\n")
    done = run("start")
    assert done.returncode == 1
    assert "acounts" in done.stderr and "Traceback" not in done.stderr


def test_stop_signals_nobody_who_only_claims_to_be_it(run: Any, recorded: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    claimant = subprocess.Popen(
        [sys.executable, str(CHILD), "hold", "none", str(recorded), "collecting"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert claimant.stdout is not None and claimant.stdout.readline() == "held\n"
        for words in (
            f"{stranger.pid} collecting\n",
            f"{stranger.pid} collecting\n1@0",
            f"1 collecting\n{process.birth(1)}",
        ):
            (recorded / lock.WRITER).write_text(words)
            done = run("stop")
            assert done.returncode == 1 and "nothing was stopped" in done.stderr
        (recorded / lock.WRITER).write_text(f"{stranger.pid} recording\n{process.birth(stranger.pid)}")
        assert run("stop").stdout == "no collector runs\n"
        assert stranger.poll() is None and claimant.poll() is None
        claimant.kill()
        claimant.wait()
        (recorded / lock.WRITER).write_text(f"{stranger.pid} collecting\n{process.birth(stranger.pid)}")
        assert run("stop").stdout == "no collector runs\n"  # the words of one who is dead
        assert stranger.poll() is None
    finally:
        for one in (stranger, claimant):
            one.kill()
            one.communicate()


def test_a_process_is_known_by_its_birth() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    born = process.birth(child.pid)
    assert born and process.birth(os.getpid()) and process.birth(os.getpid()) == process.birth(os.getpid())
    assert not process.send(child.pid, "0@0", signal.SIGKILL)
    assert not process.send(child.pid, "", signal.SIGKILL)
    assert child.poll() is None
    assert process.send(child.pid, born, signal.SIGKILL)
    child.communicate()
    assert not process.send(child.pid, born, signal.SIGKILL)


@pytest.mark.usefixtures("ended")
def test_the_socket_bears_whatever_is_said_to_it(write: Any, history: Any, run: Any, home: Path) -> None:
    write(history)
    run("start")
    for words in (b"\n", b"[]\n", b"{\n", b"\xff\0\n", b"[" * 60_000 + b"\n", b'{"ask": ["status"]}\n', b"x" * 2000000):
        with socket.socket(socket.AF_UNIX) as line, ask.address(home) as name:
            line.settimeout(5)
            line.connect(name)
            try:
                line.sendall(words)
                answer = line.recv(1 << 16)
            except ConnectionError:
                answer = b""  # too long: it was shown out
            assert not answer or "error" in json.loads(answer)
    with socket.socket(socket.AF_UNIX) as silent, ask.address(home) as name:
        silent.connect(name)
        found = ask.ask(home, "status")
    assert found is not None and found["isRunning"]
    assert run("stop").returncode == 0


def test_a_folder_with_a_long_name_has_a_socket_too(tmp_path: Path) -> None:
    home = tmp_path / ("x" * 120)
    home.mkdir()
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("this system has no such names")
    with ask.address(home) as name:
        assert len(name) < ask.LONGEST


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    ("version", "has"),
    [("3.6.23", 0), ("3.7.0", 1), ("3.38.0", 1), ("3.44.5", 1), ("3.44.6", 0), ("3.45.0", 1), ("3.50.6", 1),
     ("3.50.7", 0), ("3.51.2", 1), ("3.51.3", 0), ("3.52.0", 0), ("3.53.1", 0)],
)  # fmt: skip
def test_S15_versions_with_the_wal_reset_bug_are_known(version: str, has: int) -> None:
    assert database.has_wal_reset_bug(tuple(map(int, version.split(".")))) == bool(has)


def test_U49_who_looks_on_during_an_import_is_told_that_numbers_grow() -> None:
    words = notice.told({"state": "importing", "backlog": {"share": 0.345}})
    assert words == "still importing, 34% done: these numbers grow"
    assert notice.told({"state": "recording", "lagSeconds": 0.1}) == ""


def test_the_status_for_people_tells_of_what_troubles_it() -> None:
    found = {
        "state": "held up", "pid": 7, "uptimeSeconds": 1.0, "startedAt": "2026-11-21T00:00:00.000Z", "lagBytes": 2048,
        "lagSeconds": 1.5, "files": {"read": 3, "unreadable": 1}, "records": 5, "rejected": 1, "recordsPerSecond": 0.5,
        "backlog": {"files": 2, "bytes": 4096, "share": 0.25}, "databaseBytes": 1 << 20, "walBytes": 1 << 20,
        "watches": {"trees": [{"path": "/t", "polled": "why"}, {"path": "/u", "polled": None}], "everySeconds": 1.0},
        "walHeldUpBytes": 1 << 26, "sqlite": {"version": "3.45.1", "hasWalResetBug": True},
        "lastError": {"at": "then", "words": "disk"},
    }  # fmt: skip
    told = "\n".join(status.lines(found))
    for words in ("held up", "25%", "/t is polled: why", "3.45.1", "then: disk", "1 unreadable", "keeps its log"):
        assert words in told


def test_a_service_is_only_shown_in_a_dry_run(run: Any, tmp_path: Path) -> None:
    if sys.platform == "darwin":
        pytest.skip("it has launchd")
    shown = run("service", "install", "--dry-run", CLAUDE_CONFIG_DIR="/a b/100%")
    assert shown.returncode == 0
    assert 'Environment="CLAUDE_CONFIG_DIR=/a b/100%%"' in shown.stdout
    assert re.search(r'^ExecStart="/.*" "collect"$', shown.stdout, re.MULTILINE)
    assert "# systemctl --user enable --now fleetmeter.service" in shown.stdout
    assert run("service", "status").stdout.endswith("not installed\n")
    assert not list(tmp_path.rglob("fleetmeter.service"))
    assert run("service", "enable").returncode == 2


def test_a_service_is_installed_with_the_tools_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tmp_path / "calls"
    tool = tmp_path / "bin" / ("launchctl" if sys.platform == "darwin" else "systemctl")
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert service.run(["CODEX_HOME"], act="install", is_dry=False) == 0
    path = Path(service.place(sys.platform == "darwin"))
    assert "FLEETMETER_HOME" in path.read_text() and calls.read_text()
    assert service.run([], act="uninstall", is_dry=False) == 0
    assert not path.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(service.FleetmeterError, match="as root"):
        service.run([], act="install", is_dry=False)
    capsys.readouterr()


def test_the_agent_of_launchd_is_written_with_escapes() -> None:
    text = service.launchd(["/a&b", "collect"], {"X": "<1>"})
    assert "<string>/a&amp;b</string>" in text and "<key>X</key><string>&lt;1&gt;</string>" in text
