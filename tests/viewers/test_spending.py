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
from viewers.flags import SPENDING
from viewers.text import width

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
