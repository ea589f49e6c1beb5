"""What only telemetry has seen is counted, and said to be: in every report, as a table, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import open_writer, transaction
from tests.viewers.ledger import Answer, keep
from tests.viewers.test_reports import story

Told = Callable[..., str]
NOTE = "seen only by telemetry: 1.0k tokens"
UNSEEN = Answer("2026-11-20T14:10:00.000Z", "model-b", tokens=(100, 200, 300, 0, 400), evidence="telemetry")
REPORTS = ("daily", "weekly", "monthly", "session", "project", "model", "agent", "branch", "blocks", "today", "why")


def sums(found: Any) -> list[int]:
    """Every sum of it in a document, wherever it stands."""
    if isinstance(found, dict):
        own = [found["telemetryOnlyTokens"]] if "telemetryOnlyTokens" in found else []
        return own + [each for value in found.values() for each in sums(value)]  # pyright: ignore[reportUnknownVariableType] - JSON
    return [each for value in found for each in sums(value)] if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType] - JSON


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_says_what_only_telemetry_has_seen(report: str, home: Path, fleetmeter: Told) -> None:
    keep(home, [*story(), UNSEEN])
    assert NOTE in " ".join(fleetmeter(report, columns=200).split())
    document = json.loads(fleetmeter(report, "--json"))
    assert max(sums(document)) == 1000
    assert "telemetryOnlyTokens" in document.get("totals", document.get("blocks", [{}])[0]) or report == "blocks"


@pytest.mark.parametrize("report", REPORTS)
def test_nothing_is_said_of_it_where_there_is_none(report: str, home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    assert "telemetry" not in fleetmeter(report, columns=200)
    assert not any(sums(json.loads(fleetmeter(report, "--json"))))


@pytest.mark.parametrize("is_summed", [True, False])
def test_the_sums_are_the_same_from_days_hours_and_answers(is_summed: bool, home: Path, fleetmeter: Told) -> None:
    keep(home, [*story(), UNSEEN], is_summed=is_summed)
    for words in (["daily"], ["session"], ["daily", "--timezone", "Asia/Kolkata"], ["daily", "--branch", "main"]):
        (total,) = {json.loads(fleetmeter(*words, "--json"))["totals"]["telemetryOnlyTokens"]}
        assert total == 1000
        rows = list(csv.DictReader(io.StringIO(fleetmeter(*words, "--csv"))))
        assert sum(int(row["telemetry_only_tokens"]) for row in rows) == 1000
    assert "1.0k of the tokens are seen by nothing else" in fleetmeter("summary")


@pytest.mark.parametrize(("metered", "state"), [(240, "ok"), (5_000, "note")])
def test_doctor_tells_of_meters_that_know_more(metered: int, state: str, home: Path, fleetmeter: Told) -> None:
    keep(home, [UNSEEN, Answer("2026-11-20T14:11:00.000Z", "model-b", tokens=(1, 40, 2, 3, 4))])
    with closing(open_writer(home)) as connection, transaction(connection):
        connection.execute(
            "insert into metric_point values (1, 'model-b', 'output', 'main', '', '2026-11-20T14:12:00.000Z', 1, ?)",
            (metered,),
        )
    (found,) = [one for one in json.loads(fleetmeter("doctor", "--json"))["checks"] if one["name"] == "telemetry"]
    assert found["state"] == state
    assert ("4.8k tokens more than is recorded, most in session session-00" in found["words"]) is (state == "note")
