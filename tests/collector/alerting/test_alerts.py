"""Alerts of a collector that runs: told of at least once, never again after that, whoever hangs, fails or is killed."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import feed
from store.ask import ask
from tests.collector.daemons import SLACK, calm, lag, running, status, until
from tests.collector.doors.receiver import receiving
from tests.collector.recorded import rows
from tests.collector.transcript import SESSION

CANARY = "Zebrafinch-canary"


def configure(home: Path, *lines: str) -> None:
    (home / "config.toml").write_text("\n".join(["[alerts.waiting]", "threshold = 1", *lines]) + "\n")


def hook(url: str) -> str:
    return f'[[alerts.sinks]]\nkind = "webhook"\nurl = "{url}"'


def moment(home: Path, user: Path, name: str, session: str = SESSION) -> None:
    """What hooks tell of, now."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    tool = {"tool_name": "Bash", "tool_input": {"command": CANARY}}
    body = {"session_id": session, "cwd": "/w/app", "hook_event_name": name, **tool}
    folder = feed.tree(str(home), "claude", str(user / ".claude"))
    assert feed.append(folder, feed.line("hook", json.dumps(body).encode(), at, 1))


def states(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "select rule, state, sent from alerts order by alert_id")


def test_one_that_waits_is_told_once_and_ends(home: Path, user: Path) -> None:
    with receiving(200) as receiver, running(home, user):
        configure(home, hook(receiver.url))
        moment(home, user, "PermissionRequest")
        until(lambda: states(home) == [("waiting", "open", 1)])
        assert status(home)["alerts"] == {"open": 1}
        moment(home, user, "PostToolUse")
        until(lambda: states(home) == [("waiting", "ended", 1)])
        assert receiver.ids == [1] and CANARY.encode() not in receiver.came[0][2]
        assert status(home)["alerts"] == {"open": 0}
    said = (home / "fleetmeter.log").read_text()
    assert "S3CRET" not in said and CANARY not in said


def check_told_after_a_kill(home: Path, user: Path, answer: str | int) -> None:
    """Killed while a message is out: the next collector sends it, and once it was taken nobody sends it again."""
    with receiving(answer, 200) as receiver:
        configure(home, hook(receiver.url))
        with running(home, user) as process:
            moment(home, user, "PermissionRequest")
            until(lambda: receiver.came)
            process.kill()
        with running(home, user):
            until(lambda: states(home) == [("waiting", "open", 1)])
            told = list(receiver.ids)
            assert set(told) == {1} and 1 <= len(told) <= 2
        with running(home, user):
            calm(home)
            time.sleep(2.5)  # a tick, in which it would be sent again
        assert receiver.ids == told


@pytest.mark.parametrize("answer", ["hang", 200])
def test_a_kill_in_the_middle_loses_nothing_and_repeats_nothing_that_was_noted(
    answer: str | int, home: Path, user: Path
) -> None:
    check_told_after_a_kill(home, user, answer)


@pytest.mark.timed
def test_a_sink_that_hangs_delays_no_line(home: Path, user: Path, project: Path) -> None:
    with receiving("hang") as receiver, running(home, user):
        configure(home, hook(receiver.url))
        moment(home, user, "PermissionRequest")
        until(lambda: receiver.came)
        assert max(lag(home, project / "s.jsonl", number) for number in range(10)) < 1.0 * SLACK


def test_the_collector_acknowledges_at_its_door(home: Path, user: Path) -> None:
    with running(home, user):
        configure(home)
        moment(home, user, "PermissionRequest")
        until(lambda: states(home) == [("waiting", "open", 0)])
        assert ask(home, "ack 7") == {"acked": 0}
        assert ask(home, "ack 1; drop") == {"error": "what is asked is not known, or not now"}
        assert ask(home, "ack 1") == {"acked": 1}
        assert states(home) == [("waiting", "acked", 0)] and status(home)["alerts"] == {"open": 0}
        assert ask(home, "ack") == {"acked": 0}
