"""Tokens by day and model: exact, in the zone that was asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from viewers.reports.usage import Used, by_model, total
from viewers.reports.usage_table import short_names

KINDS = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens", "cacheWrite5mTokens",
         "cacheWrite1hTokens", "totalTokens", "responses", "lowerBounds")  # fmt: skip


def days(run: Any, *words: str, **environ: str) -> dict[str, int]:
    told = json.loads(run("daily", "--json", *words, **environ).stdout)
    return {day["date"]: day["outputTokens"] for day in told["daily"]}


def test_every_kind_is_summed(recorded: Path, run: Any) -> None:
    told = json.loads(run("daily", "--json").stdout)
    assert [day["date"] for day in told["daily"]] == ["2026-11-18", "2026-11-19"]
    first, last = told["daily"]
    assert tuple(first[kind] for kind in KINDS) == (6, 110, 100, 80, 40, 60, 296, 2, 0)
    assert tuple(last[kind] for kind in KINDS) == (3, 7, 50, 40, 20, 30, 100, 1, 1)
    assert first["modelsUsed"] == ["model-a", "model-b"] and first["agents"] == ["claude"]
    assert [model["modelName"] for model in first["modelBreakdowns"]] == ["model-b", "model-a"]
    assert tuple(told["totals"][kind] for kind in KINDS) == (9, 117, 150, 120, 60, 90, 396, 3, 1)
    assert told["timezone"] == "UTC"
    for kind in KINDS:
        assert sum(model[kind] for day in told["daily"] for model in day["modelBreakdowns"]) == told["totals"][kind]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", {"2026-11-18": 110, "2026-11-19": 7}),
        ("Asia/Kolkata", {"2026-11-18": 10, "2026-11-19": 100, "2026-11-20": 7}),
        ("Europe/Berlin", {"2026-11-18": 110, "2026-11-20": 7}),
        ("Pacific/Pago_Pago", {"2026-11-17": 10, "2026-11-18": 100, "2026-11-19": 7}),
    ],
)
def test_the_zone_decides_the_day(zone: str, expected: dict[str, int], recorded: Path, run: Any) -> None:
    assert days(run, "--timezone", zone) == days(run, TZ=zone) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--since", "2026-11-19"], ["2026-11-19"]),
        (["-s", "20261118", "-u", "20261118"], ["2026-11-18"]),
        (["--until", "20261118"], ["2026-11-18"]),
        (["--since", "20261120"], []),
    ],
)
def test_a_range_has_both_its_ends(words: list[str], expected: list[str], recorded: Path, run: Any) -> None:
    done = run("daily", "--json", *words)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and [day["date"] for day in told["daily"]] == expected
    assert told["totals"]["outputTokens"] == sum(day["outputTokens"] for day in told["daily"])


def test_what_bears_no_time_is_counted_under_unknown(write: Any, history: Any, answer: Any, run: Any) -> None:
    write([*history, answer(9, None, output=1)])
    assert run("collect", "--once").returncode == 0
    assert days(run) == {"2026-11-18": 110, "2026-11-19": 7, "unknown": 1}
    assert days(run, "--since", "20261119") == {"2026-11-19": 7}


def test_U36_totals_do_not_shrink_when_files_go(recorded: Path, transcript: Path, history: Any, run: Any) -> None:
    before = run("daily", "--json").stdout
    transcript.write_bytes(transcript.read_bytes().splitlines(keepends=True)[0])  # a part of a day only
    assert run("collect", "--once").returncode == 0
    assert run("daily", "--json").stdout == before
    transcript.unlink()
    assert run("collect", "--once").returncode == 0
    assert run("daily", "--json").stdout == before


def test_no_data_is_an_empty_list_and_zeros(run: Any) -> None:
    run("collect", "--once")
    told = json.loads(run("daily", "--json").stdout)
    assert told["daily"] == [] and set(told["totals"].values()) == {0}


@pytest.mark.parametrize("columns", [60, 80, 99, 100, 160])
def test_the_table_fits(columns: int, recorded: Path, run: Any) -> None:
    shown = run("daily", COLUMNS=str(columns)).stdout.splitlines()
    assert max(map(len, shown)) <= columns
    assert any(line.startswith("Total") for line in shown)
    assert any("≥\xa0" in line for line in shown) and any(line.startswith("≥ at least") for line in shown)


def test_no_colour_where_nobody_looks(recorded: Path, run: Any) -> None:
    assert "\x1b" not in run("daily").stdout
    assert "\x1b" in run("daily", FORCE_COLOR="1").stdout
    assert "\x1b" not in run("daily", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_a_locale_without_signs_costs_only_the_signs(recorded: Path, run: Any) -> None:
    done = run("daily", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "Total" in done.stdout


def test_bare_shows_today(write: Any, answer: Any, run: Any) -> None:
    from datetime import UTC, datetime

    write([answer(1, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "model-today")])
    shown = run().stdout
    assert shown.startswith("Today, ") and "1 session" in shown and "model-today" in shown


def test_bare_shows_the_last_day_while_today_has_nothing(write: Any, answer: Any, run: Any) -> None:
    write([answer(1, "2025-03-04T10:00:00.000Z"), answer(2, "2025-03-05T10:00:00.000Z", "model-last")])
    shown = run().stdout
    assert "no tokens yet" in shown and "2025-03-05: 1 session" in shown
    assert "model-last" in shown and "model-a" not in shown


def test_names_are_shortened_only_where_they_stay_apart() -> None:
    assert short_names(["m-4-20250514", "m-5-20250929"]) == {"m-4-20250514": "m-4", "m-5-20250929": "m-5"}
    assert short_names(["m-20250514", "m-20250929"]) == {"m-20250514": "m-20250514", "m-20250929": "m-20250929"}
    assert short_names(["20250514"]) == {"20250514": "20250514"}


def test_sums() -> None:
    one, two = Used(1, 2, 3, 4, 5, 6, 7), Used(10, 20, 30, 40, 50, 60, 70)
    assert total([one, two]) == Used(11, 22, 33, 44, 55, 66, 77)
    assert total([]) == Used()
    assert list(by_model([("a", one), ("b", two), ("a", one)])) == ["b", "a"]
