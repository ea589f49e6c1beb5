"""`fleetmeter alerts`: lists them, tells of whom could not be told, acknowledges without a collector, tests."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import alerts
from store.alert_config import Sink
from store.alerts import Change, Reading, Settled
from store.database import open_writer, transaction
from store.secrets import HIDDEN
from tests.collector.doors.receiver import receiving
from tests.viewers.conftest import Run

WORDS = "s1: waits for you \x1b[2J"
TOKEN = "ghp_" + "a1B2c3D4e5" * 4
AT = "2026-11-20T10:00:00.000Z"


@pytest.fixture
def found(home: Path) -> Path:
    """Two that are open, of one of which a sink could not be told, and one that has ended."""
    with closing(open_writer(home)) as connection, transaction(connection):
        readings = [
            Reading("waiting", "s1", 130.0, 0.0, WORDS, f"Bash rm {TOKEN}", "x", "acc", "/w", "s1"),
            Reading("limit", "l", 81.0, 0.0, "81 % used"), Reading("disk", "collector", 5.0, 0.0, "5 MB left"),
        ]  # fmt: skip
        opens = [Change("open", None, reading) for reading in readings]
        alerts.apply(connection, opens, [Sink("hook", "webhook", rules=("limit",))], AT)
        alerts.apply(connection, [Change("end", 3, None)], (), AT)
        alerts.settle(connection, [Settled(2, "hook", "dead", AT, "it answered 404")])
    return home


def states(run: Run) -> dict[int, str]:
    return {one["id"]: one["state"] for one in json.loads(run("alerts", "--json").stdout)["alerts"]}


def test_nothing_is_recorded_yet(run: Run) -> None:
    done = run("alerts")
    assert (done.returncode, done.stdout) == (0, "no alerts\n") and "nothing is recorded yet" in done.stderr
    assert json.loads(run("alerts", "list", "--json").stdout) == {"schemaVersion": 1, "alerts": [], "undelivered": []}
    assert run("alerts", "ack", "--all").returncode == 1


def test_they_are_listed_and_steer_no_terminal(found: Path, run: Run) -> None:
    done = run("alerts", COLUMNS="100")
    first, *rest = done.stdout.splitlines()
    assert first.split() == ["Id", "State", "Since", "Rule", "What"] and "\x1b" not in done.stdout
    assert [line.split()[:2] for line in rest] == [["2", "open"], ["1", "open"], ["3", "ended"]]
    assert "waits for you" in rest[1] and rest[1].endswith(f"Bash rm ghp_{HIDDEN}")
    assert "alert 2 could not be told to hook (tried 1 times): it answered 404" in done.stderr
    assert "no collector runs" in done.stderr


def test_json_has_them_all(found: Path, run: Run) -> None:
    document = json.loads(run("alerts", "--json").stdout)
    assert document["undelivered"] == [{"id": 2, "sink": "hook", "tries": 1, "error": "it answered 404"}]
    assert document["alerts"][1] == {
        "id": 1, "rule": "waiting", "state": "open", "text": WORDS,
        "detail": f"Bash rm ghp_{HIDDEN}", "level": 130.0, "agent": "x",
        "account": "acc", "project": "/w", "sessionId": "s1", "firstAt": AT,
        "lastAt": AT, "ackedAt": None, "endedAt": None, "sent": 0, "unsent": 0,
    }  # fmt: skip


def test_one_or_all_are_acknowledged_without_a_collector(found: Path, run: Run) -> None:
    assert run("alerts", "ack", "1").stdout == "1 alert acknowledged\n"
    assert states(run) == {1: "acked", 2: "open", 3: "ended"}
    again = run("alerts", "ack", "1")
    assert (again.returncode, again.stderr.splitlines()[0]) == (1, "fleetmeter: no alert 1 is open")
    assert json.loads(run("alerts", "ack", "--all", "--json").stdout) == {"schemaVersion": 1, "acked": 1}
    assert run("alerts", "ack", "--all").stdout == "no alert is open\n"


def test_today_tells_of_those_that_are_open(
    found: Path, run: Run, write: Callable[[list[Any]], None], history: list[Any]
) -> None:
    write(history)
    assert "Alert: 81 % used, and 1 more alert; `fleetmeter alerts` lists them" in run("--no-start").stdout
    run("alerts", "ack", "--all")
    assert "Alert" not in run("--no-start").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("alerts", "lst"), "alerts cannot 'lst'"), (("alerts", "list", "x"), "`alerts list` takes no 'x'"),
        (("alerts", "--all"), "--all goes with `alerts ack`"), (("alerts", "ack"), "takes the id of an alert"),
        (("alerts", "ack", "3", "--all"), "takes the id of an alert, or --all"),
        (("alerts", "ack", "x"), "'x' is not the id of an alert"), (("alerts", "test", "wating"), "no rule 'wating'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(words: tuple[str, ...], message: str, run: Run) -> None:
    done = run(*words)
    assert done.returncode == 2 and message in done.stderr


def test_every_sink_is_tried(found: Path, run: Run) -> None:
    assert (done := run("alerts", "test")).returncode == 1 and "no sink is configured" in done.stderr
    with receiving(200) as good, receiving(500) as bad:
        (found / "config.toml").write_text(
            f'[[alerts.sinks]]\nname = "good"\nkind = "webhook"\nurl = "{good.url}"\n'
            f'[[alerts.sinks]]\nname = "bad"\nkind = "webhook"\nurl = "{bad.url}"\nrules = ["limit"]\n'
        )
        done = run("alerts", "test", "disk")
        assert (done.returncode, done.stdout) == (0, "good: sent\n")
        assert json.loads(good.came[0][2])["alerts"][0]["rule"] == "disk"
        done = run("alerts", "test")
        assert (done.returncode, done.stdout) == (1, "good: sent\nbad: not sent: it answered 500\n")
        assert json.loads(run("alerts", "test", "limit", "--json").stdout)["sinks"] == [
            {"sink": "good", "isSent": True, "error": None},
            {"sink": "bad", "isSent": False, "error": "it answered 500"},
        ]
    assert len(states(run)) == 3
