"""Habits: streaks, the busiest day, how much came from the cache."""

import pytest

from viewers.reports.summary import hit_ratio, streaks
from viewers.reports.usage import Used


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        ([], "2026-11-20", (0, 0)),
        (["2026-11-20"], "2026-11-20", (1, 1)),
        (["2026-11-18", "2026-11-19"], "2026-11-20", (2, 2)),
        (["2026-11-17", "2026-11-18"], "2026-11-20", (0, 2)),
        (["2026-02-27", "2026-02-28", "2026-03-01", "2026-11-20"], "2026-11-20", (1, 3)),
    ],
)
def test_a_streak_lasts_while_yesterday_or_today_has_something(
    days: list[str], today: str, expected: tuple[int, int]
) -> None:
    assert streaks(days, today) == expected


def test_the_hit_ratio_is_of_all_input() -> None:
    assert hit_ratio(Used()) is None
    assert (
        hit_ratio(Used(input_tokens=10, cache_write_5m_tokens=20, cache_write_1h_tokens=10, cache_read_tokens=60))
        == 0.6
    )
