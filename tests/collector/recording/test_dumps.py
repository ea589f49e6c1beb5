"""What real programs said, said again by every way there is: shuffled, twice, to collectors that are killed halfway."""

import json
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from store import feed
from store.ask import address
from store.http_token import token
from tests.collector.daemons import running, status, until
from tests.collector.doors.opened_door import rest
from tests.collector.doors.otlp_wire import ask, request
from tests.collector.doors.test_receiver import free_port
from tests.collector.lines.test_feed import EMIT
from tests.collector.published import CORPUS, needed
from tests.collector.recorded import check_same, record, rows, views

REAL = CORPUS / "real-clients"
DUMPS = {
    "hooks.jsonl": "hook", "http_hooks.jsonl": "hook", "statusline.jsonl": "status", "notify.jsonl": "notify"
}  # fmt: skip
MOMENTS = """
select distinct agent, session_id, run_id, kind, name, prompt_id, tool_use_id, tool, text, duration_ms
from signals
order by 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
PLACES = {"sources": {"path"}}


class Said(NamedTuple):
    """One message of a real program."""

    agent: str
    source: str
    at: str
    body: dict[str, Any]


def said(*places: str) -> list[Said]:
    """All that these samples hold, in the order in which it was said."""
    found: list[Said] = []
    for place in places:
        folder = REAL / place / "dumps"
        for name in sorted(name for name in DUMPS if (folder / name).is_file()):
            for number, line in enumerate((folder / name).read_bytes().splitlines()):
                told = json.loads(line)
                at = datetime.fromtimestamp(told.get("t", 1.795e9 + number), UTC)
                body = told.get("stdin") or told.get("payload") or told.get("body") or told
                stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
                found.append(Said(place.partition("/")[0], DUMPS[name], stamp, body))
    return found


def told(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    found = views(home, without=PLACES)
    del found["sources"], found["rejects"]  # by how often a thing was sent
    return {**found, "sources": [], "rejects": []}


def orders(told: Sequence[Said], *, is_twice: bool) -> list[list[Said]]:
    """As it was, and shuffled; twice where the time of the first try is told too."""
    again = list(told) * 2 if is_twice else list(told)
    return [list(told), random.Random(7).sample(again, len(again))]


class Stage:
    """A user with both agents, whose collector is killed between the two halves of what is said."""

    def __init__(self, folder: Path, home: Path, number: int) -> None:
        self.home, self.user, self.port = folder / f"home{number}", folder / "user", free_port()
        shutil.copytree(home, self.home)
        for agent in ("claude", "codex"):
            (self.user / f".{agent}").mkdir(parents=True, exist_ok=True)
        (self.home / "config.toml").write_text(f"[telemetry]\nport = {self.port}\n")

    def root(self, one: Said) -> str:
        return str(self.user / f".{one.agent}")

    def play(self, order: Sequence[Said], send: Callable[["Stage", Iterable[Said]], None]) -> None:
        half = len(order) // 2
        for part in (order[:half], order[half:]):
            with running(self.home, self.user) as collector:
                until(lambda: status(self.home).get("sweeps"), 30)
                send(self, part)
                collector.kill()
        record(self.home, self.user)
        assert rows(self.home, "select reason from rejects") == []


def by_socket(stage: Stage, part: Iterable[Said]) -> None:
    """A program of a user's own; of the last message it does not wait for the answer."""
    for one in part:
        message = {"agent": one.agent, "root": stage.root(one), "from": one.source, "at": one.at, "body": one.body}
        with socket.socket(socket.AF_UNIX) as line, address(stage.home) as name:
            line.settimeout(30)
            line.connect(name)
            line.sendall(json.dumps({"feed": message}).encode() + b"\n")
            assert json.loads(rest(line)) == {"kept": True}


def by_http(stage: Stage, part: Iterable[Said]) -> None:
    secret = token(stage.home)
    for one in part:
        target = f"/hooks/{one.agent}/{secret}?root={stage.root(one)}"
        assert ask(stage.port, request(target, json.dumps(one.body).encode())) == (200, b"")


def by_sender(stage: Stage, part: Iterable[Said]) -> None:
    """As a hook or `notify` does; it says nothing, and ends with 0, whoever hears it."""
    environ = {"HOME": str(stage.user), "FLEETMETER_HOME": str(stage.home)}
    for one in part:
        words = [sys.executable, "-I", "-S", str(EMIT), one.agent, stage.root(one)]
        body = json.dumps(one.body)
        words += ["notify", body] if one.source == "notify" else [one.source]
        given = "" if one.source == "notify" else body
        done = subprocess.run(words, input=given.encode(), env=environ, capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b"")


FEW = ("claude/compact2", "claude/limits", "codex/tui")
ALL = tuple(sorted({f"{path.parents[2].name}/{path.parents[1].name}" for name in DUMPS for path in REAL.rglob(name)}))


@needed
@pytest.mark.parametrize("places", [pytest.param(FEW, id="few"), pytest.param(ALL, id="all", marks=pytest.mark.full)])
def test_what_is_said_through_the_socket_gives_the_same_rows(
    places: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    everything = said(*places)
    found: list[dict[str, list[tuple[Any, ...]]]] = []
    for number, order in enumerate(orders(everything, is_twice=True)):
        stage = Stage(tmp_path, home, number)
        stage.play(order, by_socket)
        found.append(told(stage.home))
    check_same(found[1], found[0])
    messages = {(one.agent, one.at, json.dumps(one.body)) for one in everything if one.source != "status"}
    assert len(found[0]["signals"]) == len(messages) and found[0]["status_readings"]


@needed
@pytest.mark.parametrize(
    ("send", "places"), [(by_http, ("claude/hooks3", "claude/teams")), (by_sender, ("codex/exec_basic",))]
)
def test_what_is_posted_or_emitted_gives_the_same_moments(
    send: Callable[[Stage, Iterable[Said]], None], places: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    """The time is that of the sender's clock, so a moment that is told twice is two: here each is told once."""
    everything = [one for one in said(*places) if one.source != "status"]
    found: list[list[tuple[Any, ...]]] = []
    for number, order in enumerate(orders(everything, is_twice=False)):
        stage = Stage(tmp_path, home, number)
        stage.play(order, send)
        found.append(rows(stage.home, MOMENTS))
    assert found[0] == found[1]
    assert {row[4] for row in found[0]} >= {one.body["hook_event_name"] for one in everything if one.source == "hook"}


def test_it_would_be_seen_if_each_try_had_a_time_of_its_own(home: Path, tmp_path: Path) -> None:
    body = {"session_id": "s", "hook_event_name": "Stop"}
    (tmp_path / "user" / ".claude").mkdir(parents=True)
    folder = feed.tree(str(home), "claude", str(tmp_path / "user" / ".claude"))
    for at in ("2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00.001Z", "2026-11-20T10:00:00.000Z"):
        feed.append(folder, feed.line("hook", json.dumps(body).encode(), at, 0))
    record(home, tmp_path / "user")
    assert len(rows(home, "select 1 from signals")) == 2
