"""The screen of costs: the sums of the reports, by keys."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


@pytest.fixture
def spent(append: Any, prompt: Any, answer: Any, record: Any) -> None:
    """Two models on two days."""
    days = [(datetime.now(UTC) - timedelta(days=back)).strftime("%Y-%m-%dT00:00:01.000Z") for back in (0, 3)]
    append(prompt("go"), answer(1, days[0], "claude-opus-4-5", output=90_000), answer(2, days[1], "claude-haiku-4-5"))
    record()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_costs_are_those_of_the_reports(size: tuple[int, int], spent: None, look: Any, run: Any) -> None:
    totals = json.loads(run("daily", "--json", "--last", "30d").stdout)["totals"]

    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        text = await eye.until("Daily spend")
        assert f"${totals['totalCost']:,.2f}" in text and "claude-opus-4-5" in text
        assert {len(line) for line in eye.lines()} == {size[0]}
        await eye.press("g", "h")
        await eye.until("By project")
        await eye.press("right_square_bracket")
        await eye.until("Weekly spend")
        await eye.press("left_square_bracket", "left_square_bracket")
        await eye.until("▐7 days▌")

    look(by_keys, size)


def test_where_nothing_was_spent_it_says_so(look: Any, recorded: Any) -> None:
    async def by_keys(eye: Any) -> None:
        await eye.press("3")
        await eye.until("nothing was spent in this range")

    look(by_keys)
