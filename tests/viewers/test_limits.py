"""`limits` as it is printed: what is old is said to be old, and a part that nobody saw here is one."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.collector.daemons import running, until
from tests.viewers import story
from tests.viewers.ledger import keep
from tests.viewers.schema_check import wrong
from tests.viewers.test_reports import SCHEMAS
from tests.viewers.test_spending import golden

Told = Callable[..., str]
SCHEMA = json.loads((SCHEMAS / "limits.json").read_text("utf-8"))


@pytest.fixture
def metered(home: Path) -> Path:
    """Seven weeks of work, and what was read of plan limits."""
    keep(home, story.answers())
    story.work(home)
    return home


def limits(fleetmeter: Told, *words: str) -> dict[str, dict[str, Any]]:
    told = json.loads(fleetmeter("limits", "--json", *words))
    assert wrong(told, SCHEMA) == []
    return {f"{own['account']} {own['title']}": own for own in told["limits"]}


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_history_is_the_golden_one_and_fits(columns: int, metered: Path, fleetmeter: Told) -> None:
    golden("limits-history", columns, fleetmeter("limits", "--history", columns=columns))


def test_U44_without_a_reading_there_is_no_limit_however_much_was_used(home: Path, fleetmeter: Told) -> None:
    keep(home, story.answers())
    assert limits(fleetmeter) == {} and limits(fleetmeter, "--history") == {}


def test_a_window_that_has_ended_is_unknown_whatever_was_read_of_it(metered: Path, fleetmeter: Told) -> None:
    own = limits(fleetmeter)["acc-one 5-hour"]
    assert (own["state"], own["usedPercent"], own["lastUsedPercent"]) == ("unknown", None, 48)
    assert (own["percentPerHour"], own["fullAt"], own["holds"], own["secondsToReset"]) == (None, None, None, None)
    assert "48%" not in fleetmeter("limits")


def test_an_old_reading_is_at_least_that(metered: Path, fleetmeter: Told) -> None:
    assert limits(fleetmeter)["acc-two weekly model-b"]["state"] == "read"  # three hours are little of a week
    change(metered, "update limit_level set last_at = first_at where source = 'asked'")
    assert limits(fleetmeter)["acc-two 5-hour"]["state"] == "old"
    assert "≥\N{NO-BREAK SPACE}70%" in fleetmeter("limits")


def test_the_newest_reading_says_who_read_it_when_and_where_it_leads(metered: Path, fleetmeter: Told) -> None:
    own = limits(fleetmeter)["acc-two 5-hour"]
    assert (own["usedPercent"], own["source"], own["ageSeconds"], own["state"]) == (70, "asked", 120, "read")
    assert own["secondsToReset"] == 110 * 60
    # An hour before 15:08 it stood at 20 + 35 * 38/51 percent.
    assert own["percentPerHour"] == pytest.approx(50 - 35 * 38 / 51, abs=0.001)
    assert own["fullAt"][:16] == "2026-11-20T16:23" and own["holds"] is False


def test_extra_usage_is_told_in_money_where_somebody_said_so(metered: Path, fleetmeter: Told) -> None:
    assert limits(fleetmeter)["acc-two extra usage"]["spentUsd"] is None
    money = "update limit_level set spent_usd_micros = 11000000, most_usd_micros = 40000000 where span = 'extra_usage'"
    change(metered, money)
    own = limits(fleetmeter)["acc-two extra usage"]
    assert (own["spentUsd"], own["mostUsd"], own["usedPercent"]) == (11.0, 40.0, 12.5)
    assert "Extra usage of acc-two: $11.00 of $40.00 spent." in fleetmeter("limits", columns=120)
    change(metered, "update limit_level set most_usd_micros = null")
    assert "Extra usage of acc-two: $11.00 spent." in fleetmeter("limits", columns=120)


def change(home: Path, query: str) -> None:
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection, connection:
        connection.execute(query)


def test_how_asking_goes_is_told_where_it_is_wished(metered: Path, fleetmeter: Told, tmp_path: Path) -> None:
    assert json.loads(fleetmeter("limits", "--json"))["asked"] == []
    (metered / "config.toml").write_text("[limits]\nask = true\n")
    assert "no collector runs" in fleetmeter("limits", columns=120)
    user = tmp_path / "user"
    (user / ".claude" / "projects").mkdir(parents=True)
    change(metered, "update device set device = '00000000-0000-0000-0000-000000000007'")  # that of the story is none
    with running(metered, user):
        until(lambda: "credentials missing" in fleetmeter("limits", columns=120), 30)
        told = json.loads(fleetmeter("limits", "--json"))
        assert wrong(told, SCHEMA) == []
        assert told["asked"] == [
            {"agent": "claude", "root": str(user / ".claude"), "state": "credentials missing", "at": None}
        ]


def test_what_was_not_seen_here_is_said(metered: Path, fleetmeter: Told) -> None:
    own = limits(fleetmeter)["acc-two 5-hour"]["went"]
    assert (own["percent"], own["notSeenPercent"]) == (70, 35)
    assert [(share["sessionId"], share["percentByTokens"]) for share in own["shares"]] == [("session-101", 35)]
    assert "not seen on this machine" in fleetmeter("limits")


def test_the_limit_of_a_model_counts_answers_of_it_alone(metered: Path, fleetmeter: Told) -> None:
    for own in limits(fleetmeter).values():
        if own["title"] == "weekly model-b":
            assert {share["model"] for share in own["went"]["shares"]} == {"model-b"}
        assert own["title"] != "weekly" or {share["model"] for share in own["went"]["shares"]} == {"model-b", "mystery"}


def test_resets_are_those_that_were_seen(metered: Path, fleetmeter: Told) -> None:
    seen = limits(fleetmeter, "--history")["acc-two 5-hour"]["resets"]
    assert [(reset["toldAt"][8:16], reset["driftSeconds"], reset["isEarly"]) for reset in seen] == [
        ("17T17:31", 60, False),
        ("19T15:00", 0, True),
        ("19T17:00", 0, False),
    ]


def test_a_range_leaves_out_what_was_read_before_and_after(metered: Path, fleetmeter: Told) -> None:
    assert set(limits(fleetmeter, "--since", "20261120", "--account", "acc-one")) == {
        "acc-one 5-hour",
        "acc-one weekly",
    }
    assert limits(fleetmeter, "--until", "20261118")["acc-one weekly"]["lastUsedPercent"] == 14
    assert limits(fleetmeter, "--since", "20261121") == {}
    rows = list(csv.reader(io.StringIO(fleetmeter("limits", "--csv", "--agent", "two"))))
    assert [row[1] for row in rows[1:]] == ["acc-two"] * 3
