"""The reports as they are printed: tables of every width, JSON by its schema, CSV that no spreadsheet calculates."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.viewers.ledger import Answer, keep, some
from tests.viewers.schema_check import wrong
from viewers import cli
from viewers.reports.flags import REPORTS, SPENDING
from viewers.reports.usage import Used
from viewers.screen import csv_text, money
from viewers.screen.text import width

GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = Path(cli.__file__).parent / "schemas"
WIDTHS = (60, 80, 120, 200)
OPTIONS = ([], ["--breakdown"], ["--no-cost"], ["--limit", "1"], ["--model", "model-a"], ["--since", "20280101"],
           ["--branch", "topic"], ["--project", "app"], ["--agent", "one"], ["--account", "acc-two"],
           ["--mode", "display"], ["--instances"], ["--last", "2d"], ["--order", "desc"],
           ["--week-start", "sunday"])  # fmt: skip

Told = Callable[..., str]


def story() -> list[Answer]:
    """Three days of two agents, and a window that is open."""
    few = [
        Answer("2026-11-18T09:10:00.000Z", tokens=(1_200, 88_000, 400_000, 30_000, 9_000_000)),
        Answer("2026-11-18T22:40:00.000Z", "model-b", 1, 1, "subagent", "topic", (900, 12_000, 80_000, 0, 700_000)),
        Answer("2026-11-19T23:50:00.000Z", "model-c", 1, 1, tokens=(40, 700, 900, 0, 12_000), has_end=False),
        Answer("2026-11-20T08:05:00.000Z", "mystery", 2, 2, tokens=(500, 9_000, 0, 0, 80_000)),
        Answer("2026-11-20T14:20:00.000Z", "model-a-20250101", 0, 3, tokens=(3_000, 61_000, 90_000, 10_000, 2_000_000)),
        Answer("2026-11-20T15:00:30.000Z", "mystery", 0, 3, tokens=(10, 20, 30, 40, 50)),
    ]
    return few


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_table_is_the_golden_one_and_fits(name: str, columns: int, home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    shown = fleetmeter(name, columns=columns)
    if "breakdown" in REPORTS[name][1]:
        shown += "\n" + fleetmeter(name, "--breakdown", "--limit", "2", columns=columns)
    assert max(map(width, shown.splitlines())) <= columns
    assert "\x1b" not in shown
    golden = GOLDEN / f"{name}-{columns}.txt"
    if os.environ.get("GOLDEN"):  # how they are made anew; then look at them
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_json_is_what_its_schema_says(name: str, home: Path, fleetmeter: Told) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    assert wrong(json.loads(fleetmeter(name, "--json")), schema) == []  # nothing is recorded yet
    keep(home, [*story(), *some(1)])
    taken = REPORTS[name][1]
    for options in OPTIONS:
        if not options or options[0][2:].replace("-", "_") in taken:
            told = json.loads(fleetmeter(name, "--json", *options))
            assert wrong(told, schema) == [], options
            assert next(iter(told)) == "schemaVersion"


@pytest.mark.parametrize("options", [["--id", "session-01"], ["--id", "session-01", "--no-cost"]])
def test_json_of_one_session_tells_every_answer(options: list[str], home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    told = json.loads(fleetmeter("session", "--json", *options))
    assert wrong(told, json.loads((SCHEMAS / "session.json").read_text("utf-8"))) == []
    assert told["sessionId"] == "session-01" and [entry["model"] for entry in told["entries"]] == ["model-b", "model-c"]
    assert told["totalTokens"] == told["totals"]["totalTokens"]
    assert told["session"][0]["metadata"]["lastActivity"] == "2026-11-19T23:50:00.000Z"


def test_there_is_a_schema_for_every_report_and_no_other() -> None:
    assert {path.stem for path in SCHEMAS.iterdir()} == {*REPORTS, *SPENDING, "why"}
    assert wrong({"a": 1}, {"type": "object", "properties": {}, "additionalProperties": False})
    assert wrong(True, {"type": "integer"}) and wrong(-1, {"minimum": 0}) and wrong({}, {"required": ["a"]})


def test_rows_bear_the_keys_that_scripts_know(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    for name, key, value in (("daily", "date", "2026-11-18"), ("weekly", "week", "2026-11-16"),
                             ("monthly", "month", "2026-11"), ("project", "project", "/src/app")):  # fmt: skip
        row = json.loads(fleetmeter(name, "--json"))[name][0]
        assert row[key] == row["period"] == value
        assert row["totalCost"] == round(row["costNanos"] / 1e9, 6)
        assert {"modelName", "cost", "inputTokens"} <= set(row["modelBreakdowns"][0])
    assert set(json.loads(fleetmeter("daily", "--json", "--instances"))["projects"]) == {
        "/src/app",
        "/src/web site",
        "/srv/-infra",
    }


def test_U26_what_has_no_price_is_never_a_zero(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z", "mystery"), Answer("2026-11-19T10:00:00.000Z")])
    told = json.loads(fleetmeter("daily", "--json"))
    assert [row["totalCost"] for row in told["daily"]] == [None, told["totals"]["totalCost"]]
    assert told["daily"][0]["unpricedTokens"] == 103
    assert told["unpricedModels"] == [{"modelName": "mystery", "tokens": 103, "responses": 1}]
    shown = fleetmeter("daily", columns=100)
    assert "unpriced" in shown.splitlines()[3] and "no price is known of mystery (103)" in shown
    assert not re.search(r"\$0(\.0+)?\b(?!\.)", shown)
    records = list(csv.DictReader(io.StringIO(fleetmeter("daily", "--csv"))))
    assert [record["usd"] == "" for record in records] == [True, False]


def test_U31_who_has_a_plan_sees_api_value_and_no_cost(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    (home / "config.toml").write_text('plan = "max"\n')
    for name in REPORTS:
        shown = fleetmeter(name, columns=120).lower()
        assert "api value" in shown and "cost" not in shown, name
        if name != "blocks":
            assert "plan is max" in " ".join(shown.split())
    assert "api value" not in fleetmeter("daily", "--no-cost", columns=120).lower()


def test_U43_old_answers_of_a_resumed_session_are_in_no_open_block(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-19T10:00:00.000Z"), Answer("2026-11-20T14:20:00.000Z", tokens=(1, 1, 1, 1, 1))])
    (block,) = json.loads(fleetmeter("blocks", "--json", "--active"))["blocks"]
    assert (block["totalTokens"], block["startTime"], block["entries"]) == (5, "2026-11-20T14:00:00.000Z", 1)


def test_U50_every_surface_says_the_same_sum(home: Path, fleetmeter: Told) -> None:
    keep(home, some(2))
    totals = [json.loads(fleetmeter(name, "--json"))["totals"]["totalTokens"] for name in REPORTS if name != "today"]
    costs = [json.loads(fleetmeter(name, "--json"))["totals"]["totalCost"] for name in REPORTS if name != "today"]
    for name in ("daily", "session", "model"):
        records = list(csv.DictReader(io.StringIO(fleetmeter(name, "--csv", "--breakdown"))))
        totals.append(sum(int(record["total_tokens"]) for record in records))
    whole = totals[0]
    unknown = json.loads(fleetmeter("daily", "--json"))["daily"][-1]
    assert unknown["date"] == "unknown"
    blocks = list(REPORTS).index("blocks")  # a window cannot be without a time
    assert totals.pop(blocks) == whole - unknown["totalTokens"]
    assert costs.pop(blocks) == pytest.approx(costs[0] - unknown["totalCost"], abs=2e-6)
    assert set(totals) == {whole} and len(set(costs)) == 1


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), (" =1", "' =1"),
     ("a,b", '"a,b"'), ('=a"b', "\"'=a\"\"b\""), ("a\nb", '"a\nb"'), (None, ""), (-5, "-5"), (1.5, "1.5"), (2.0, "2")],
)  # fmt: skip
def test_no_cell_of_csv_is_a_formula(value: Any, cell: str) -> None:
    assert csv_text.cell(value) == cell


def test_a_model_named_like_a_formula_is_text_in_every_csv(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-20T10:00:00.000Z", "=cmd()", 2, 2)])
    for name in REPORTS:
        for record in csv.reader(io.StringIO(fleetmeter(name, "--csv"), newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in record), (name, record)


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "$0.00"), (1, "$0.000001"), (1_499, "$0.000001"), (99_999, "$0.000100"), (123_456, "$0.0001"),
     (427_800_000, "$0.4278"), (999_940_000, "$0.9999"), (999_960_000, "$1.00"), (1_234_564_999_999, "$1,234.56"),
     (-5 * 10**9, "-$5.00")],
)  # fmt: skip
def test_money_is_written_as_people_read_it(nanos: int, text: str) -> None:
    assert money.dollars(nanos) == text


def test_money_that_may_be_more_says_so() -> None:
    assert money.worth(Used(usd_nanos=10**9)) == "$1.00"
    assert money.worth(Used(usd_nanos=10**9, lower_bounds=1)) == money.worth(Used(usd_nanos=10**9, unpriced_tokens=1))
    assert money.worth(Used(usd_nanos=10**9, lower_bounds=1)) == "≥\xa0$1.00"
    assert money.worth(Used(unpriced_tokens=5)) == "unpriced"


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("daily --model modle-b", "model-b"), ("daily --project web-site", "web site"),
        ("daily --account acc-onr", "acc-one"), ("weekly --agent oen", "one"), ("daily --branch topci", "topic"),
        ("daily --order dsc", "desc"), ("daily --mode calc", "calculate"), ("weekly --week-start mnday", "monday"),
        ("daily --limit 0", "20"), ("daily --limit x", "20"), ("daily --last 28", "28d"),
        ("daily --last 28d --since 20261101", "--since"), ("session --id sesion-01", "session-0"),
        ("session --id session", "session-00"), ("daily --json --csv", "choose"), ("blocks --token-limit many", "20"),
        ("daily --until 2026-13-01", "20261120"), ("monthly --since 20260229", "20261120"),
        ("daily --timezone Mars/Base", "Europe/Berlin"), ("daily --brakdown", "--breakdown"), ("weekli", "weekly"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_line_with_the_nearest_thing(
    words: str, near: str, home: Path, fleetmeter: Told
) -> None:
    keep(home, story())
    told = fleetmeter(*words.split(), code=2)
    assert told.startswith("fleetmeter: ") and near in told and len(told.splitlines()) <= 2


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_in_this_range_is_no_failure(
    name: str, home: Path, fleetmeter: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(home, [Answer("2026-01-01T10:00:00.000Z")])
    range_ = [] if name == "today" else ["--since", "20261119"]
    assert cli.run([name, *range_]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "nothing in this range\n")


def test_the_last_days_are_those_up_to_today(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    shown = {last: [row["date"] for row in json.loads(fleetmeter("daily", "--json", "--last", last))["daily"]]
             for last in ("1d", "2d", "1w")}  # fmt: skip
    assert shown == {"1d": ["2026-11-20"], "2d": ["2026-11-19", "2026-11-20"],
                     "1w": ["2026-11-18", "2026-11-19", "2026-11-20"]}  # fmt: skip


def test_a_limit_cuts_rows_and_not_the_total(home: Path, fleetmeter: Told) -> None:
    keep(home, story())
    whole, cut = (json.loads(fleetmeter("daily", "--json", *more)) for more in ([], ["--limit", "2"]))
    assert cut["daily"] == whole["daily"][-2:] and cut["totals"] == whole["totals"] and cut["omittedRows"] == 1
    assert "1 row more" in fleetmeter("daily", "--limit", "2")
    first = json.loads(fleetmeter("project", "--json", "--limit", "1"))["project"]
    assert [row["period"] for row in first] == ["/src/app"]


def test_colour_is_left_out_where_it_is_not_wanted(
    home: Path, fleetmeter: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, story())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in fleetmeter("daily")
    assert "\x1b" not in fleetmeter("daily", "--no-color")
