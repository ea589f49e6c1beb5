"""`fleetmeter demo`: a fleet in a folder of its own, which can be looked at, and of which nothing is left."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collector.daemons import until
from viewers.collecting import demo, demo_folder
from viewers.collecting.demo import Sides, environment, seconds_of
from viewers.collecting.demo_folder import find
from viewers.collecting.running import collector
from viewers.trouble import UsageTrouble

SMALL = ("--sessions", "1", "--rate", "50")
STILL = ("--sessions", "1", "--rate", "0")
Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(demo_folder.tempfile, "tempdir", None)
    return folder


@pytest.fixture
def begin(command: list[str]) -> Iterator[Begin]:
    """Begin a demo; it is ended with the test, however that goes."""
    begun: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen([*command, "demo", *words], stderr=subprocess.PIPE, text=True)
        begun.append(process)
        return process

    yield run
    for process in begun:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def ready(process: "subprocess.Popen[str]") -> str:
    """What it says when there is something to look at."""
    assert process.stderr is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Ctrl+C"):
        lines.append(process.stderr.readline())
        assert lines[-1], "".join(lines)
    return "".join(lines)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_demo_runs_is_looked_at_and_leaves_nothing(begin: Begin, run: Any, place: Path, tmp_path: Path) -> None:
    process = begin(*SMALL)
    said = ready(process)
    (folder,) = place.iterdir()
    assert str(folder) in said and "fleetmeter demo -- today" in said
    assert find(None) == str(folder)
    told = json.loads(run("demo", "--", "status", "--json").stdout)
    assert told["isRunning"] and told["rejected"] == 0
    total = 'select count(*) as n from sessions where account in ("own", "work")'
    assert json.loads(run("demo", "--", "sql", total, "--json").stdout)[0]["n"] > 10
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert list(place.iterdir()) == []
    assert find(None) is None
    # The user's own home, and their data folder, were not even made.
    assert everything(tmp_path / "home") == []
    assert not (tmp_path / "fleetmeter_home").exists()


def test_what_a_killed_demo_left_is_removed_by_the_next(begin: Begin, run: Any, place: Path) -> None:
    process = begin(*STILL)
    ready(process)
    (killed,) = place.iterdir()
    running = collector(str(killed / demo_folder.DATA))
    assert running is not None
    (agent,) = json.loads(run("demo", "--", "ps", "--json").stdout)["processes"]
    assert demo_folder.birth(agent["pid"]) == agent["born"]
    process.kill()
    process.wait()
    until(lambda: demo_folder.birth(agent["pid"]) != agent["born"])  # it ends with the demo, which could not end it
    bystanders = [place / f"{demo_folder.PREFIX}{name}" for name in ("kept", "foreign")]
    for folder in bystanders:
        folder.mkdir(mode=0o700)
    (bystanders[0] / demo_folder.MARKER).write_text(f"{process.pid} long ago\n")
    done = run("demo", *STILL, "--", "ps", "--json")  # a command gets a demo of its own where none runs
    assert f"removed {killed}" in done.stderr
    (agent,) = json.loads(done.stdout)["processes"]
    assert agent["sessions"][0]["sure"] == "certain", agent
    assert sorted(place.iterdir()) == sorted(bystanders)
    assert demo_folder.birth(running.pid) != running.born


def test_the_exit_code_of_a_command_on_a_demo_is_its_own(run: Any, place: Path) -> None:
    assert run("demo", *SMALL, "--", "sql", "select nothing").returncode == 1
    assert list(place.iterdir()) == []


def test_what_is_kept_can_be_looked_at_later_and_is_what_was_billed(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    done = run("demo", *SMALL, "--home", str(folder), "--keep", "--for", "1s", "--json")
    told = json.loads(done.stdout)
    assert told["folder"] == str(folder) and told["lines"] > 100
    assert all(value.startswith(str(folder)) for value in told["environment"].values())
    assert run("demo", "--home", str(folder), "--", "collect", "--once").returncode == 0
    query = "select sum(output_tokens) as output, count(*) as responses from responses"
    found = json.loads(run("demo", "--home", str(folder), "--", "sql", query, "--json").stdout)
    assert found == [{name: sum(row[name] for row in told["billed"]) for name in ("output", "responses")}]
    again = run("demo", "--home", str(folder))
    assert again.returncode == 1 and "holds a demo already" in again.stderr


def test_a_folder_of_somebody_else_is_left_alone(run: Any, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    done = run("demo", "--home", str(tmp_path / "mine"))
    assert done.returncode == 1 and "is no empty folder" in done.stderr
    assert everything(tmp_path / "mine") == ["thesis.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("demo", *SMALL, "--home", str(empty), "--for", "0s").returncode == 0
    assert not empty.exists() or everything(empty) == []


def test_a_marker_in_a_folder_that_others_can_write_is_none(place: Path) -> None:
    folder = place / f"{demo_folder.PREFIX}x"
    folder.mkdir()
    (folder / demo_folder.MARKER).write_text(f"{os.getpid()} {demo_folder.birth(os.getpid())}\n")
    folder.chmod(0o777)
    assert find(None) is None
    folder.chmod(0o700)
    assert find(None) == str(folder)
    (folder / demo_folder.MARKER).write_text(f"{os.getpid()} another birth\n")
    assert find(None) is None


def test_what_runs_on_a_demo_is_told_of_no_folder_outside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from collector.demo.fleet import Fleet, on_stage
    from collector.demo.fleet import run as run_fleet
    from collector.files.agents import variables
    from collector.sources import all_sources

    names = [name for source in all_sources() for name in variables(source)]
    for name in names:
        monkeypatch.setenv(name, "/real/place")
    found = environment("/demo", Sides(Fleet, on_stage, run_fleet, names))
    assert not [value for value in found.values() if "/real" in value]
    assert all(found[name].startswith("/demo/") for name in ("HOME", "FLEETMETER_HOME", "XDG_CONFIG_HOME"))
    for source in all_sources():
        assert all(root.startswith("/demo/") for root in source.roots(found, found["HOME"]))


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("30s", 30), ("1.5m", 90), ("2h", 7200), ("1d", 86400)])
def test_lengths_of_time_are_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1", "x", "nan", "1w", "inf"])
def test_what_is_no_length_of_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageTrouble):
        seconds_of(text)


def test_a_key_ends_the_command_that_was_given_and_not_the_demo_before_it() -> None:
    over = demo._Over(None)  # pyright: ignore[reportPrivateUsage] - its signals cannot be sent to a test
    over.ignore_keys()
    over.end(signal.SIGINT)
    assert not over()
    over.end(signal.SIGTERM)
    assert over()
    timed = demo._Over(0.01)  # pyright: ignore[reportPrivateUsage] - likewise
    assert not timed()
    timed.count_down()
    time.sleep(0.02)
    assert timed()
