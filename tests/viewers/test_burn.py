"""How fast it goes: rates, ranges, and the day on which a budget is crossed."""

from datetime import date, timedelta

import pytest

from viewers.reports.burn import crossing, outlook, period_of, rate
from viewers.reports.spans import span_of
from viewers.reports.usage import Used
from viewers.spending.drivers import Driver, drivers
from viewers.spending.out_of_line import LEAST, line
from viewers.trouble import UsageTrouble

TODAY = "2026-11-20"


def days(*values: int | None) -> dict[str, int]:
    """The days before today, the last value being today's."""
    end = date.fromisoformat(TODAY)
    dated = {(end - timedelta(back)).isoformat(): value for back, value in enumerate(reversed(values))}
    return {day: value for day, value in dated.items() if value is not None}


def test_a_rate_is_of_seven_full_days_and_today_is_none() -> None:
    burn = rate(days(99, 10, 20, 30, 40, None, 0, 40, 5_000), TODAY, "2026-01-01")
    assert burn and (burn.days, burn.active, burn.mean, burn.lowest, burn.highest) == (7, 6, 20.0, 0, 40)


@pytest.mark.parametrize(
    ("spent", "first"),
    [
        (days(10, 10, 10, 10, 10, 10, 10, 10), None),
        (days(10, 10, 10, 10, 10, 10), "2026-11-15"),  # five full days are recorded
        (days(10, 10, None, None, None, None, None, 10), "2026-01-01"),
    ],
)
def test_too_little_gives_no_rate(spent: dict[str, int], first: str | None) -> None:
    assert rate(spent, TODAY, first) is None


def test_what_is_likely_is_the_rate_for_the_days_that_are_left() -> None:
    steady = rate(days(*[10] * 8), TODAY, "2026-01-01")
    assert steady and outlook(100, 10, steady, 10) == (200, 200, 200)
    assert outlook(100, 4, steady, 10) == (206, 206, 206)  # today will come to as much as other days
    assert outlook(100, 30, steady, 10) == (200, 200, 200)  # today was more already, and that is spent
    wild = rate(days(0, 40, 0, 0, 20, 10, 0, 10), TODAY, "2026-01-01")
    assert wild
    ahead = outlook(100, 10, wild, 10)
    assert 100 <= ahead.low < ahead.likely == 200 < ahead.high
    assert outlook(100, 10, wild, 0) == (100, 100, 100)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(55, "2026-11-19", id="crossed on that day"),
        pytest.param(70, "2026-11-20", id="crossed today"),
        pytest.param(100, "2026-11-23", id="will be, in three days"),
        pytest.param(175, "2026-11-30", id="on the last day"),
        pytest.param(176, None, id="will not be"),
    ],
)
def test_a_budget_is_crossed_on_a_day(limit: int, expected: str | None) -> None:
    spent = days(10, 10, 10, 10, 10, 10, 16)
    burn = rate(days(*[10] * 8), TODAY, "2026-01-01")
    assert crossing(spent, limit, "2026-11-01", "2026-11-30", TODAY, burn) == expected
    if expected is None or expected > TODAY:
        assert crossing(spent, limit, "2026-11-01", "2026-11-30", TODAY, None) is None


def test_spending_before_the_stretch_is_no_part_of_it() -> None:
    assert crossing({"2026-10-31": 99, TODAY: 1}, 50, "2026-11-01", "2026-11-30", TODAY, None) is None


@pytest.mark.parametrize(
    ("per", "expected"),
    [("day", (TODAY, TODAY)), ("week", ("2026-11-16", "2026-11-22")), ("month", ("2026-11-01", "2026-11-30"))],
)
def test_a_period_is_of_the_calendar(per: str, expected: tuple[str, str]) -> None:
    assert period_of(per, TODAY) == expected
    assert period_of("month", "2024-02-29") == ("2024-02-01", "2024-02-29")
    assert period_of("week", "2027-01-01") == ("2026-12-28", "2027-01-03")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", (TODAY, TODAY)),
        ("yesterday", ("2026-11-19", "2026-11-19")),
        ("this-week", ("2026-11-16", "2026-11-22")),
        ("last-week", ("2026-11-09", "2026-11-15")),
        ("this-month", ("2026-11-01", "2026-11-30")),
        ("last-month", ("2026-10-01", "2026-10-31")),
        ("this-year", ("2026-01-01", "2026-12-31")),
        ("last-year", ("2025-01-01", "2025-12-31")),
        ("2026-02", ("2026-02-01", "2026-02-28")),
        ("2025", ("2025-01-01", "2025-12-31")),
        ("2026-11-07", ("2026-11-07", "2026-11-07")),
        ("20261107", ("2026-11-07", "2026-11-07")),
        ("2026-11-01..20261107", ("2026-11-01", "2026-11-07")),
        ("4ba0d22d", None),
        ("2026-13", None),
        ("session-01", None),
    ],
)
def test_ranges_are_named_as_people_do(text: str, expected: tuple[str, str] | None) -> None:
    assert span_of(text, TODAY, 1) == expected


@pytest.mark.parametrize("text", ["2026-11-07..2026-11-01", "2026-11-31..2026-12-01", "20261399", "..", "2026-11-01.."])
def test_a_range_that_cannot_be_is_an_error(text: str) -> None:
    with pytest.raises(UsageTrouble):
        span_of(text, TODAY, 1)


def test_a_week_begins_where_it_is_said_to() -> None:
    assert span_of("this-week", TODAY, 0) == ("2026-11-15", "2026-11-21")
    assert span_of("last-week", "2026-11-15", 0) == ("2026-11-08", "2026-11-14")
    assert span_of("this-week", "2026-11-15", 1) == ("2026-11-09", "2026-11-15")


def used(tokens: int, nanos: int) -> Used:
    return Used(input_tokens=tokens, usd_nanos=nanos)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": used(100, 300)}, {"a": used(200, 600)}, {"volume": 300}, id="twice as much"),
        pytest.param({"a": used(100, 300)}, {"b": used(100, 900)}, {"models": 600}, id="another model"),
        pytest.param({"a": used(100, 300)}, {"a": used(100, 200)}, {"kinds": -100}, id="more from the cache"),
        pytest.param({"p": used(100, 300)}, {"p": used(100, 200)}, {"prices": -100}, id="a model with two prices"),
        pytest.param({}, {"a": used(100, 300)}, {"volume": 300}, id="from nothing"),
        pytest.param({"a": used(100, 300)}, {}, {"volume": -300}, id="to nothing"),
        pytest.param(
            {"a": used(100, 300), "b": used(100, 900)},
            {"a": used(300, 900), "b": used(100, 900)},
            {"volume": 1_200, "models": -600},
            id="more of the cheap one",
        ),
    ],
)
def test_drivers_tell_what_changed(before: dict[str, Used], after: dict[str, Used], expected: dict[str, int]) -> None:
    assert {driver.name: driver.usd_nanos for driver in drivers(before, after, {"p"}) if driver.usd_nanos} == expected


def test_drivers_add_up_to_the_difference() -> None:
    import random

    for seed in range(200):
        chance = random.Random(seed)
        sides = [
            {
                model: used(chance.randrange(0, 10**7), chance.randrange(0, 10**10))
                for model in "abcd"
                if chance.random() < 0.7
            }
            for _ in range(2)
        ]
        found: list[Driver] = drivers(sides[0], sides[1], {"a", "b"})
        sums = [sum(own.usd_nanos for own in side.values()) for side in sides]
        assert sum(driver.usd_nanos for driver in found) == sums[1] - sums[0]


def test_a_few_values_do_not_move_what_is_usual() -> None:
    usual = line([10, 11, 9, 10, 12, 10, 9, 11, 500, 900])
    assert usual and usual.median == 10.5 and usual.limit == 21.0
    assert line([10] * (LEAST - 1)) is None
    even = line([100] * LEAST)
    assert even and even.limit == 200
    wide = line([10, 20, 30, 40, 50, 60, 70, 80, 90])
    assert wide and wide.limit == pytest.approx(50 + 3.5 * 1.4826 * 20)
