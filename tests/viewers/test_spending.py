"""Where the money went, as it is printed: tables of every width, JSON by its schema, nothing where nothing is."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.viewers import story
from tests.viewers.ledger import keep
from tests.viewers.schema_check import wrong
from tests.viewers.test_reports import GOLDEN, SCHEMAS, WIDTHS
from tests.viewers.test_totals import ZONES
from viewers.reports.flags import SPENDING
from viewers.screen.text import width

Told = Callable[..., str]
OPTIONS = (["--by", "model"], ["--by", "day"], ["--by", "project"], ["--limit", "1"], ["--model", "model-b"],
           ["--branch", "topic"], ["--project", "app"], ["--agent", "one"], ["--account", "acc-two"],
           ["--since", "20260101"], ["--since", "20280101"], ["--last", "2d"], ["--order", "name"],
           ["--timezone", "Asia/Kathmandu"])  # fmt: skip
SESSIONS = {"wide": ["session-301"], "few": ["session-46", "--limit", "1"]}


BUDGETS = """
[budgets.team]
per = "month"
usd = 300
tokens = 4_000_000

[budgets."web site"]
per = "week"
usd = 50.5
project = "web site"

[budgets.cheap]
per = "day"
tokens = 1_000_000
model = "model-b"
account = "acc-one"

[budgets.later]
per = "day"
usd = 5
agent = "three"
"""


@pytest.fixture
def spent(home: Path) -> Path:
    """Seven weeks of work, and what may be spent."""
    keep(home, story.answers(), story.prompts())
    story.work(home)
    (home / "config.toml").write_text(BUDGETS)
    return home


def words(name: str) -> list[str]:
    return list({"compare": ("last-week", "this-week")}.get(name, ()))


def golden(name: str, columns: int, shown: str) -> None:
    """The text is the one that somebody has looked at, and fits."""
    assert max(map(width, shown.splitlines())) <= columns
    assert "\x1b" not in shown
    path = GOLDEN / f"{name}-{columns}.txt"
    if os.environ.get("GOLDEN"):
        path.write_text(shown, "utf-8")
    assert shown == path.read_text("utf-8")


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", SPENDING)
def test_the_table_is_the_golden_one_and_fits(name: str, columns: int, spent: Path, fleetmeter: Told) -> None:
    golden(name, columns, fleetmeter(name, *words(name), columns=columns))


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", SESSIONS)
def test_one_session_is_the_golden_one_and_fits(name: str, columns: int, spent: Path, fleetmeter: Told) -> None:
    golden(f"one-session-{name}", columns, fleetmeter("session", "--id", *SESSIONS[name], columns=columns))


@pytest.mark.parametrize("name", SPENDING)
def test_json_is_what_its_schema_says(name: str, home: Path, fleetmeter: Told) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    assert wrong(json.loads(fleetmeter(name, *words(name), "--json")), schema) == []  # nothing is recorded yet
    keep(home, story.answers(), story.prompts())
    story.work(home)
    (home / "config.toml").write_text(BUDGETS)
    for options in ([], *OPTIONS):
        if not options or options[0][2:] in SPENDING[name][1]:
            told = json.loads(fleetmeter(name, *words(name), "--json", *options))
            assert wrong(told, schema) == [], options
            assert next(iter(told)) == "schemaVersion"


@pytest.mark.parametrize("name", SPENDING)
def test_csv_has_the_same_rows_for_every_reader(name: str, spent: Path, fleetmeter: Told) -> None:
    records = list(csv.reader(io.StringIO(fleetmeter(name, *words(name), "--csv"))))
    assert len(records) > 1 and {len(record) for record in records} == {len(records[0])}


@pytest.mark.parametrize("name", SPENDING)
def test_nothing_is_told_where_nothing_is(name: str, home: Path, fleetmeter: Told) -> None:
    assert fleetmeter(name, *words(name)) == ""
    keep(home, [])
    assert fleetmeter(name, *words(name)) == ""
    (records,) = [list(csv.reader(io.StringIO(fleetmeter(name, *words(name), "--csv"))))]
    assert all(record[1:3] in (["0", "0"], ["", ""], ["0.0", "0.0"]) for record in records[1:])


@pytest.mark.parametrize("name", SPENDING)
def test_U31_who_has_a_plan_is_told_that_money_is_no_bill(name: str, spent: Path, fleetmeter: Told) -> None:
    (spent / "config.toml").write_text('plan = "max"\n' + BUDGETS)
    shown = fleetmeter(name, *words(name), columns=120)
    assert ("$" in shown) == ("plan is max" in " ".join(shown.split()))


def test_json_of_one_session_tells_where_its_money_went(spent: Path, fleetmeter: Told) -> None:
    schema = json.loads((SCHEMAS / "session.json").read_text("utf-8"))
    for options in ([], ["--no-cost"], ["--model", "model-b"], ["--mode", "display"]):
        told: dict[str, Any] = json.loads(fleetmeter("session", "--id", "session-301", "--json", *options))
        assert wrong(told, schema) == []
        for parts in (told["threads"], told["prompts"]):
            assert sum(part["totalTokens"] for part in parts) == told["totals"]["totalTokens"]
    assert json.loads(fleetmeter("session", "--id", "last", "--json"))["sessionId"] == "session-101"
    assert "no session 'last' is recorded" not in fleetmeter("session", "--id", "nothing-like-it", code=2)


@pytest.mark.parametrize("zone", ZONES)
def test_U50_every_command_tells_the_sums_of_the_reports(zone: str, spent: Path, fleetmeter: Told) -> None:
    def told(*words: str) -> dict[str, Any]:
        return json.loads(fleetmeter(*words, "--json", "--timezone", zone))

    months = {row["month"]: row for row in told("monthly")["monthly"]}
    compared = told("compare", "2026-10", "2026-11")
    for side, month in (("first", "2026-10"), ("second", "2026-11")):
        assert compared[side]["totalCost"] == months[month]["totalCost"]
        assert compared[side]["totalTokens"] == months[month]["totalTokens"]
    parts = sum(driver["cost"] for driver in compared["difference"]["drivers"])
    assert parts == pytest.approx(compared["difference"]["totalCost"], abs=4e-6)
    ahead = told("forecast")
    assert ahead["spent"]["totalCost"] == months["2026-11"]["totalCost"]
    assert ahead["lastMonth"]["totalTokens"] == months["2026-10"]["totalTokens"]
    usd, tokens = told("budgets")["budgets"][0]["limits"]
    assert (usd["spent"], tokens["spent"]) == (months["2026-11"]["totalCost"], months["2026-11"]["totalTokens"])
    days = {row["date"]: row["totalCost"] for row in told("daily")["daily"]}
    odd = told("anomalies")["anomalies"]
    (day,) = [one for one in odd if one["what"] == "day"]
    assert day["totalCost"] == days[day["name"]] == max(days.values())
    cached = [told("cache", "--by", by, "--limit", "99")["totals"] for by in ("day", "session", "model", "project")]
    assert all(totals == cached[0] for totals in cached)


def test_a_line_below_the_reports_tells_of_the_budgets(spent: Path, fleetmeter: Told) -> None:
    for name in ("today", "summary", "daily", "monthly", "project"):
        shown = " ".join(fleetmeter(name, columns=100).split())
        assert "Budget team: ≥ $112.80 of $300.00 this month (37%), holds this month" in shown, name
        assert "Budget web site: ≥ $61.70 of $50.50 this week (122%), crossed on 2026-11-17" in shown, name
        assert "Budget" not in fleetmeter(name, "--no-cost", columns=100)
    (spent / "config.toml").write_text('[budgets.team]\nper = "month"\nusd = 113\n')
    assert "crossed on 2026-11-20?" in fleetmeter("budgets", columns=100)
    (spent / "config.toml").write_text('[budgets.team]\nper = "month"\nusds = 113\n')
    assert "did you mean `usd`?" in fleetmeter("budgets", code=1)
    assert "config.toml: unknown key `usds` in `budgets.team`" in fleetmeter("budgets", code=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["compare", "last-week"], "missing argument"),
        (["compare", "last-week", "nothing"], "'nothing' is neither a range nor a session that is recorded"),
        (["compare", "2026-11-07..2026-11-01", "today"], "ends before it begins"),
        (["cache", "--by", "modle"], "did you mean model?"),
        (["tools", "--order", "call"], "did you mean calls?"),
        (["files", "--limit", "x"], "is not a whole number above zero"),
        (["anomalies", "--project", "nothing"], "no project 'nothing' is recorded"),
        (["forecast", "--timezone", "Mars"], "unknown time zone"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(line: list[str], message: str, spent: Path, fleetmeter: Told) -> None:
    assert message in fleetmeter(*line, code=2)
