"""The screen of costs: the sums of the reports, by keys, down to the prompts of a session, and out to a file."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from viewers.reports import heat

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def spent(append: Any, prompt: Any, answer: Any, record: Any) -> None:
    """Two models on two days."""
    days = [(datetime.now(UTC) - timedelta(days=back)).strftime("%Y-%m-%dT00:00:01.000Z") for back in (0, 3)]
    append(
        prompt("go", 400_000),
        answer(1, days[0], "claude-opus-4-5", output=90_000),
        answer(2, days[1], "claude-haiku-4-5"),
    )
    record()


@pytest.mark.parametrize("size", SIZES)
def test_costs_are_those_of_the_reports(size: tuple[int, int], spent: None, look: Any, run: Any) -> None:
    totals = json.loads(run("daily", "--json", "--last", "30d").stdout)["totals"]
    windows = [one for one in json.loads(run("blocks", "--json").stdout)["blocks"] if not one["isGap"]]

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        text = await eye.until("Daily spend")
        assert f"${totals['totalCost']:,.2f}" in text and "claude-opus-4-5" in text
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("g", "h")
        await eye.until("By project")
        await eye.press(*["right_square_bracket"] * 2)
        await eye.until("Weekly spend")
        await eye.press("u")
        await eye.until("Daily spend")
        await eye.press(*["left_square_bracket"] * 3)
        await eye.until("▐7 days▌")
        if size[0] < 100:
            await eye.press("tab", "tab")
        await eye.until("5-hour blocks")
        await eye.until(f"${windows[-1]['costUSD']:,.2f}")
        is_open = "one is open" if windows[-1]["isActive"] else "none is open"
        await eye.until("ends near" if windows[-1]["projection"] else is_open)
        if size[0] < 100:
            await eye.press("tab")
        text = await eye.until("When you spend")
        assert any(line.count("█") and day in line for line in text.splitlines() for day in heat.DAYS)
        assert {len(line) for line in eye.lines()} == {size[0]}

    look(by_keys, size)


def test_days_that_are_typed_are_shown_and_a_slip_is_told(spent: None, look: Any, run: Any) -> None:
    day = (datetime.now().astimezone() - timedelta(days=3)).strftime("%Y-%m-%d")
    cost = json.loads(run("daily", "--json", "--since", day, "--until", day).stdout)["totals"]["totalCost"]

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        await eye.until("By model")
        await eye.press("c")
        await eye.until("Show the days from and to")
        await eye.press(*"last-moon", "enter")
        await eye.until("'last-moon' names no days")
        await eye.press(*["backspace"] * 9, *day, "space", *day, "enter")
        text = await eye.until(f"▐{day}▌")
        assert "last-moon" not in text
        await eye.until(f"${cost:,.2f}" if cost >= 0.005 else "<$0.01")
        await eye.press("left_square_bracket")
        await eye.until("▐30 days▌")
        await eye.press(*["right_square_bracket"] * 4)
        await eye.until("▐all▌")

    look(by_keys)


def test_a_click_on_a_range_or_a_column_does_what_its_key_does(spent: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        async def click(words: str) -> None:
            y, line = next((y, line) for y, line in enumerate(eye.lines()) if words in line)
            await eye.pilot.click(offset=(line.index(words) + 1, y))

        await eye.press("3")
        await eye.until("By model")
        await click("90 days")
        await eye.until("▐90 days▌")
        await click("project")
        await eye.until("By project")
        await click("tokens ·")
        await eye.until("tokens ↓")
        await click("? help")
        await eye.until("Keys of Costs")

    look(by_keys)


@pytest.mark.parametrize("size", SIZES)
def test_enter_narrows_to_a_model_its_sessions_and_their_prompts(
    size: tuple[int, int], spent: None, look: Any, run: Any
) -> None:
    models = json.loads(run("model", "--json", "--last", "30d").stdout)["model"]
    cost = next(row["totalCost"] for row in models if row["model"] == "claude-opus-4-5")

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        await eye.until("By model")
        await eye.press("enter")
        text = await eye.until("By session")
        assert "model claude-opus-4-5" in text and f"${cost:,.2f}" in text and "app · " in text
        await eye.press("enter")
        await eye.until("Prompts, in all of its time")
        await eye.until("claude session app")
        await eye.press("escape")
        await eye.until("By session")
        await eye.press("b")
        await eye.until("By model")
        await eye.press("b")
        await eye.until("Active sessions")

    look(by_keys, size)


def test_a_prompt_opens_its_session(spent: None, look: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("3", "g", "g", "g")
        await eye.until("By session")
        await eye.press("enter")
        await eye.until("Prompts, in all")
        await eye.press("enter")
        await eye.until("Tokens and cost")
        await eye.press("b")
        await eye.until("Prompts, in all")

    look(by_keys)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_table_that_is_shown_goes_to_a_file(
    form: str, spent: None, look: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        await eye.until("By model")
        await eye.press("e")
        await eye.until("Export to")
        await eye.press("end", *["backspace"] * 3, *"txt", "enter")
        await eye.until("must end in .csv or .json")
        await eye.press(*["backspace"] * 3, *form, "enter")
        await eye.until("Export to", gone=True)

    look(by_keys)
    (path,) = tmp_path.glob(f"fleetmeter-costs-by-model-*.{form}")
    assert path.stat().st_mode & 0o777 == 0o600
    rows = (
        json.loads(path.read_text())["rows"] if form == "json" else list(csv.DictReader(path.read_text().splitlines()))
    )
    assert [row["key"] for row in rows] == ["claude-opus-4-5", "claude-haiku-4-5"]
    assert float(rows[0]["usd"]) > 0


@pytest.mark.parametrize("size", SIZES)
def test_budgets_say_how_much_is_spent_of_them(size: tuple[int, int], spent: None, home: Path, look: Any) -> None:
    (home / "config.toml").write_text('[budgets.team]\nper = "day"\nusd = 1\n')

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        text = await eye.until("too few days")
        assert datetime.now().astimezone().strftime("%B") in text
        if size[0] < 100:
            await eye.press("tab")
        text = await eye.until("of $1.00 today")
        assert "team" in text and "crossed on" in text and "Budgets" in text

    look(by_keys, size)


def test_where_nothing_was_spent_it_says_so(look: Any, recorded: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        await eye.until("nothing was spent in this range")

    look(by_keys)
