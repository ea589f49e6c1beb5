"""`why`: every row of every report opens into answers that add up to it, each with its place, its price, its doubts."""

import csv
import io
import json
import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import NAME, open_reader
from tests.viewers.ledger import Answer, keep, some
from tests.viewers.schema_check import wrong
from tests.viewers.test_totals import ZONES
from viewers import cli
from viewers.proof import why, why_row
from viewers.proof.why_table import exact
from viewers.reports.blocks import blocks
from viewers.reports.flags import MODES, Asked
from viewers.reports.report import cards_of
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, groups, total
from viewers.reports.zone import chosen
from viewers.screen.text import width

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = Path(cli.__file__).parent / "schemas" / "why.json"
BY = ("day", "week", "month", "session", "project", "branch", "model", "agent")
NOW_S = 1_795_187_400.0  # 2026-11-20T15:10Z

Told = Callable[..., str]


@pytest.fixture
def fleetmeter(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """Runs a command line at a fixed time, and gives its output, or what it says where it should fail."""
    monkeypatch.setattr(time, "time", lambda: NOW_S)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*words: str, columns: int | None = None, code: int = 0) -> str:
        monkeypatch.setenv("COLUMNS", str(columns or ""))
        assert cli.run(list(words)) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run


def story() -> list[Answer]:
    return [
        Answer("2026-11-18T09:10:00.000Z", tokens=(1_200, 88_000, 400_000, 30_000, 9_000_000)),
        Answer("2026-11-18T22:40:00.000Z", "model-b", 1, 1, "subagent", "topic", (900, 12_000, 80_000, 0, 700_000)),
        Answer("2026-11-18T23:50:00.000Z", "model-c", 1, 1, tokens=(40, 700, 900, 0, 12_000), has_end=False),
        Answer("2026-11-18T23:55:00.000Z", "mystery", 2, 2, tokens=(500, 9_000, 0, 0, 80_000)),
        Answer("2026-11-20T14:20:00.000Z", "model-a-20250101", 0, 3, reported=1_234),
    ]


def narrow(chance: random.Random) -> Scope:
    """A range, filters, a zone and a mode as somebody may choose them."""
    zone = Scope(chosen(chance.choice(ZONES)), NOW_S, mode=chance.choice(MODES), week_start=chance.randrange(7))
    return chance.choice([
        zone, zone, zone._replace(since="2026-03-01"), zone._replace(since="2026-03-08", until="2026-10-04"),
        zone._replace(models=("model-b", "mystery")), zone._replace(agents=("one",)), zone._replace(branch="topic"),
        zone._replace(projects=("/srv/-infra",)), zone._replace(accounts=("acc-two",), until="2026-11-01"),
    ])  # fmt: skip


def name_of(reader: sqlite3.Connection, by: str, key: str) -> str:
    """The row as the report shows it."""
    if by != "session":
        return key
    return cards_of(reader, [Group("", key, total([]), {}, [])])[key].session_id


def opened(reader: sqlite3.Connection, words: list[str], scope: Scope) -> why.Opened:
    return why.open_row(reader, why_row.row_of(words, scope, reader), Asked(as_json=True))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 20))])
def test_random_rows_of_every_report_are_what_their_answers_add_up_to(seed: int, home: Path) -> None:
    chance = random.Random(seed)
    keep(home, some(seed, 200), is_summed=seed % 2 == 0)
    with closing(open_reader(home)) as reader:
        for _ in range(7):
            scope = narrow(chance)
            for by in BY:
                found = groups(reader, scope, by)
                for group in chance.sample(found, min(2, len(found))):
                    one = opened(reader, [by, name_of(reader, by, group.key)], scope)
                    assert one.used == group.used, (scope, by, group.key)
                    listed = list(why.answers(reader, one))
                    assert len(listed) == one.parts
                    assert sum(answer.usd_nanos for answer in listed) == group.used.usd_nanos
                    assert sum(answer.is_unpriced for answer in listed) == group.used.unpriced_responses
                    assert sum(answer.total_tokens for answer in listed) == group.used.total_tokens
            windows = [block for block in blocks(reader, scope, NOW_S) if not block.is_gap]
            for block in chance.sample(windows, min(2, len(windows))):
                assert opened(reader, ["block", block.id], scope).used == block.used
            assert opened(reader, [], scope).used == total([group.used for group in groups(reader, scope, "day")])


def test_without_a_limit_all_answers_are_shown_the_largest_first(home: Path, fleetmeter: Told) -> None:
    keep(home, some(9))
    told = json.loads(fleetmeter("why", "--json"))
    costs = [answer["costNanos"] or 0 for answer in told["responses"]]
    assert len(costs) == 120 and costs == sorted(costs, reverse=True)
    assert sum(costs) == told["totals"]["costNanos"] == json.loads(fleetmeter("daily", "--json"))["totals"]["costNanos"]
    cut = json.loads(fleetmeter("why", "--json", "--limit", "7"))
    assert (cut["responses"], cut["omittedResponses"]) == (told["responses"][:7], 113)
    assert cut["totals"] == told["totals"]
    records = list(csv.DictReader(io.StringIO(fleetmeter("why", "--csv"))))
    assert [int(record["usd_nanos"] or 0) for record in records] == costs


@pytest.mark.parametrize(
    "words",
    ["", "2026-11-18", "2026-W47", "2026-11", "model mystery", "session-01", "one", "app", "block 2026-11-18T22:00",
     "2026-11-18 --mode display", "2020-01-01"],
)  # fmt: skip
def test_json_is_what_its_schema_says(words: str, home: Path, fleetmeter: Told) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    if not words:
        assert wrong(json.loads(fleetmeter("why", "--json")), schema) == []  # nothing is recorded yet
    keep(home, story())
    assert wrong(json.loads(fleetmeter("why", *words.split(), "--json")), schema) == []


@pytest.mark.parametrize(
    ("words", "kind", "name", "answers"),
    [
        ("20261118", "day", "2026-11-18", 4), ("today", "day", "2026-11-20", 1), ("yesterday", "day", "2026-11-19", 0),
        ("week 20261118", "week", "2026-11-16", 5), ("2026-w47", "week", "2026-11-16", 5),
        ("2026-W47 --week-start sunday", "week", "2026-11-15", 5), ("monthly 202611", "month", "2026-11", 5),
        ("MODEL-B", "model", "model-b", 1), ("model-", "model", "model-a-20250101, model-b, model-c", 4),
        ("site", "project", "/src/web site", 2), ("/src/app", "project", "/src/app", 2),
        ("session-03", "session", "session-03", 1), ("two", "agent", "two", 3), ("agents one", "agent", "one", 2),
        ("block active", "block", "2026-11-20T14:00:00.000Z", 1),
        ("2026-11-18T23:10", "block", "2026-11-18T22:00:00.000Z", 3),
        ("2026-11-18T22:00:00.000Z --timezone Asia/Kolkata", "block", "2026-11-18T22:00:00.000Z", 3),
        ("2026-11-19T03:30 --timezone Asia/Kolkata", "block", "2026-11-18T22:00:00.000Z", 3),
        ("2026-11-19 --timezone Asia/Kolkata", "day", "2026-11-19", 3), ("unknown", "day", "unknown", 0),
        ("2026-11-18 --since 2026-11-19", "day", "2026-11-18", 0),
        ("2026-11-18 --model model-b", "day", "2026-11-18", 1),
        ("project app --project site", "project", "/src/app", 0),
        ("topic", "branch", "topic", 1), ("branches main", "branch", "main", 4),
        ("branch main --branch topic", "branch", "main", 0), ("branch main --project app", "branch", "main", 2),
        ("total", "total", "", 5), ("total --last 2d", "total", "", 1),
    ],
)  # fmt: skip
def test_a_row_is_known_by_the_name_that_reports_show(
    words: str, kind: str, name: str, answers: int, home: Path, fleetmeter: Told
) -> None:
    keep(home, story())
    told = json.loads(fleetmeter("why", *words.split(), "--json"))
    assert told["row"] == {"kind": kind, "name": name}
    assert len(told["responses"]) == told["totals"]["responses"] == answers


@pytest.mark.parametrize(
    ("words", "near"),
    [("2026-13-01", "20261120"), ("week 2026", "20261120"), ("2026-W54", "52"), ("month 2026-1", "2026-11"),
     ("month 2026-13", "20261120"), ("wek 1", "week"), ("mdel model-a", "model"), ("modell-b", "model-b"),
     ("zzz", "2026-W47"), ("model zzz", "model-a"), ("session-0", "write more"),
     ("block 2020-01-01T00:00", "2026-11-20T14"),
     ("block soon", "2026-11-20T14:00"), ("total x", "--since"), ("a", "say which"), ("--limit 0", "20"),
     ("--json --csv", "choose"), ("2026-11-18 --model zzz", "model-a"), ("2026-11-18 --timezone Mars", "Europe"),
     ("day x y", "--help"), ("--limt 3", "--limit")],
)  # fmt: skip
def test_what_no_report_has_is_told_with_the_nearest_thing(words: str, near: str, home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    told = fleetmeter("why", *words.split(), code=2)
    assert told.startswith("fleetmeter: ") and near in told and len(told.splitlines()) <= 2


def test_an_answer_says_how_sure_it_is(home: Path, fleetmeter: Told) -> None:
    evidence = {"model-b": "telemetry", "model-a-20250101": "growth"}
    keep(home, [answer._replace(evidence=evidence.get(answer.model, "transcript")) for answer in story()])
    told = json.loads(fleetmeter("why", "--json"))["responses"]
    doubts = {name: [answer["model"] for answer in told if answer[name]] for name in told[0] if name.startswith("is")}
    assert doubts == {
        "isNested": [], "isUnpriced": ["mystery"], "isLowerBound": ["model-c"], "isTelemetryOnly": ["model-b"],
        "isRemainder": ["model-a-20250101"] * 2, "isReported": ["model-a-20250101"],
    }  # fmt: skip
    (unpriced,) = [answer for answer in told if answer["isUnpriced"]]
    assert (unpriced["cost"], unpriced["costNanos"], unpriced["price"]["reason"]) == (None, None, "by its name")
    shown = fleetmeter("why", columns=120)
    for words in ("at least: ", "unpriced: ", "telemetry only: ", "growth of a sum: ", "none: what the agent itself"):
        assert words in shown, words


def test_the_price_applied_by_hand_is_the_cost(home: Path, fleetmeter: Told) -> None:
    keep(home, some(3))
    for answer in json.loads(fleetmeter("why", "--json", "--mode", "calculate"))["responses"]:
        price = answer["price"]
        if price["input"] is None:
            assert answer["costNanos"] is None
            continue
        rates = {"inputTokens": "input", "outputTokens": "output", "cacheReadTokens": "cacheRead",
                 "cacheWrite5mTokens": "cacheWrite5m", "cacheWrite1hTokens": "cacheWrite1h"}  # fmt: skip
        by_hand = sum(answer[tokens] * round(price[rate] * 10**6) for tokens, rate in rates.items())
        assert answer["costNanos"] == (by_hand + 500) // 1000


def test_the_place_is_that_of_the_line_that_counts(recorded: Path, transcript: Path, run: Any) -> None:
    told = json.loads(run("why", "--json").stdout)["responses"]
    assert len(told) == 3
    for answer in told:
        raw = Path(answer["path"]).read_bytes()
        assert json.loads(raw[answer["byteOffset"] :].splitlines()[0])["message"]["id"] == answer["messageId"]
    assert f"{transcript.name} at byte {told[0]['byteOffset']}" in run("why", COLUMNS="120").stdout


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_is_the_golden_one_and_fits(columns: int, home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    shown = fleetmeter("why", "2026-11-18", "--limit", "3", columns=columns)
    assert max(map(width, shown.splitlines())) <= columns
    golden = GOLDEN / f"why-{columns}.txt"
    if os.environ.get("GOLDEN"):  # how they are made anew; then look at them
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


def test_the_table_ends_with_the_total_of_the_report(home: Path, fleetmeter: Told) -> None:
    keep(home, some(5, 150))
    row = json.loads(fleetmeter("project", "--json"))["project"][0]
    shown = fleetmeter("why", row["project"], columns=120).splitlines()
    (line,) = [line for line in shown if line.startswith("Total")]
    assert line.endswith(exact(row["costNanos"]))
    (more,) = [line for line in shown if " more " in line]
    assert int(more.split()[0]) == row["responses"] - why.SHOWN


def test_U31_who_has_a_plan_sees_api_value_in_a_proof(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    (home / "config.toml").write_text('plan = "max"\n')
    shown = " ".join(fleetmeter("why", columns=120).split())
    assert "API value" in shown and "plan is max: this is no bill" in shown
    assert "Cost" not in shown


def test_a_report_that_says_something_else_is_found_out(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    with closing(sqlite3.connect(home / NAME)) as connection, connection:
        connection.execute("update usage_quarter_hour set usd_nanos = usd_nanos + 1 where model = 'model-b'")
    assert "the answers do not add up" in fleetmeter("why", "2026-11-18", code=1)
    assert fleetmeter("why", "2026-11-20")


def test_a_name_that_is_a_part_of_several_is_asked_about(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    assert "`fleetmeter why model a`" in fleetmeter("why", "a", code=2)
    assert json.loads(fleetmeter("why", "project", "a", "--json"))["totals"]["responses"] == 3


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "$0.00"), (1, "$0.000000001"), (10**9, "$1.00"), (1_234_500_000_000, "$1,234.50"), (-5, "-$0.000000005")],
)
def test_money_is_exact(nanos: int, text: str) -> None:
    assert exact(nanos) == text
