"""Meters of plan limits, by examples that one can reckon: windows, rates, what is said of them, where a rise went."""

import pytest

from viewers.now.limit_moves import Answer, Went, each, together
from viewers.now.meters import Movement, Reading, current, full_at, movements, rate, resets, windows

HOUR = 3600.0


def read(hour: float, used: float, resets: float | None = 5, until: float | None = None, source: str = "x") -> Reading:
    """A meter of five hours, read at an hour since it began."""
    end = None if resets is None else resets * HOUR
    return Reading(hour * HOUR, (hour if until is None else until) * HOUR, used, end, 300 if resets else None, source)


def rises(*readings: Reading) -> list[tuple[float, float, float, float]]:
    return [
        (move.since_s / HOUR, move.until_s / HOUR, move.low, move.high)
        for window in windows(readings)
        for move in movements(window)
    ]


def test_a_rise_lies_between_the_last_sight_of_a_level_and_the_first_of_the_next() -> None:
    assert rises(read(1, 10, until=2), read(2.5, 30)) == [(0, 1, 0, 10), (2, 2.5, 10, 30)]


def test_a_program_that_repeats_what_it_heard_long_ago_changes_nothing() -> None:
    stale = read(0.5, 4, until=4)  # an idle session, drawn again and again
    (window,) = windows([read(1, 10), read(3, 30), stale])
    assert [level.used for level in window.levels] == [4, 10, 30]
    assert window.last.until_s == 3 * HOUR
    assert rises(read(1, 10), read(3, 30), stale)[1] == (1, 1, 4, 10)


def test_what_is_told_of_a_window_after_its_end_is_no_reading() -> None:
    assert windows([read(6, 90)]) == []
    (window,) = windows([read(4, 80, until=9)])
    assert window.last.until_s == 5 * HOUR


def test_ends_told_a_little_apart_are_one_window_and_its_drift_is_known() -> None:
    (window,) = windows([read(1, 10, 5), read(2, 20, 5 + 60 / HOUR)])
    assert (window.drift_s, window.resets_s) == (60, 5 * HOUR + 60)
    assert len(windows([read(1, 10, 5), read(2, 20, 5.5)])) == 2


def test_the_open_window_is_the_one_that_ends_last() -> None:
    found = windows([read(1, 90, 5), read(6, 3, 10), read(4, 95, 5)])
    assert current(found).last.used == 3
    assert current(found).is_over(10 * HOUR) and not current(found).is_over(9.9 * HOUR)
    assert current(windows([read(1, 90, 5), read(6, 0, None)])).last.used == 0


def test_resets_are_told_where_they_were_seen_and_early_ones_are_marked() -> None:
    late, early = resets(windows([read(4, 50, 5), read(6, 3, 10), read(7, 40, 10), read(8, 1, 12)]))
    assert (late.after_s, late.by_s, late.told_s) == (4 * HOUR, 6 * HOUR, 5 * HOUR)
    assert (late.is_early, late.used_before, late.used_after) == (False, 50, 3)
    assert early.is_early and early.used_before == 40
    assert resets(windows([read(4, 0, 5), read(6, 3, 10)])) == []  # an unused window ends unseen


def test_a_meter_that_tells_no_end_began_anew_where_it_fell() -> None:
    assert [window.last.used for window in windows([read(1, 60, None), read(2, 80, None), read(3, 5, None)])] == [80, 5]


def test_the_rate_is_that_of_the_last_fifth_of_the_window() -> None:
    (window,) = windows([read(1, 10), read(3, 20), read(4, 50)])
    found = rate(window, 4 * HOUR)  # at three hours it was 20, and the hour added 30
    assert found == pytest.approx(30 / HOUR)
    assert full_at(window, found) is None  # 80 at the end
    (window,) = windows([read(1, 10), read(3, 20), read(4, 70)])
    assert full_at(window, rate(window, 4 * HOUR)) == pytest.approx(4.6 * HOUR)


def test_a_burst_is_spread_over_the_time_that_it_is_measured_by() -> None:
    (window,) = windows([read(2, 10, until=3.9), read(4, 20)])  # ten percent in six minutes
    assert rate(window, 4 * HOUR) == pytest.approx(10 / HOUR)


def test_an_idle_hour_has_no_rate_and_the_limit_holds() -> None:
    (window,) = windows([read(1, 10), read(2, 20, until=4)])
    assert rate(window, 4 * HOUR) == 0
    assert full_at(window, 0.0) is None


@pytest.mark.parametrize(
    ("readings", "now"),
    [
        ([read(3, 40)], 3),  # read once
        ([read(0.1, 4), read(0.2, 9)], 0.2),  # just begun
        ([read(1, 10), read(2, 20)], 3.5),  # not read any more
        ([read(1, 10, None), read(2, 20, None)], 2),  # nobody tells its window
    ],
)
def test_too_little_is_said_nothing_of(readings: list[Reading], now: float) -> None:
    (window,) = windows(readings)
    assert rate(window, now * HOUR) is None
    assert full_at(window, None) is None


def went_of(moves: list[Movement], answers: list[Answer]) -> Went:
    return together(each(moves, answers))


def answer(at_s: float, tokens: int, nanos: int | None = 1, model: str = "a") -> Answer:
    return Answer(at_s, "s", "/p", "main", model, tokens, nanos)


def test_a_rise_is_shared_by_tokens_and_by_value_of_what_was_active() -> None:
    answers = [answer(1_000, 30, 100), answer(1_050, 10, 300, "b"), answer(9_000, 99, 9)]
    found = went_of([Movement(900, 1_100, 10, 14)], answers)
    assert {key[2]: (share.by_tokens, share.by_value) for key, share in found.shares.items()} == {
        "a": (3, 1),
        "b": (1, 3),
    }
    assert (found.points, found.unseen, found.unvalued) == (4, 0, 0)


def test_a_rise_without_anybody_here_was_not_seen() -> None:
    found = went_of([Movement(900, 1_100, 10, 14), Movement(5_000, 6_000, 14, 20)], [answer(1_000, 5)])
    assert (found.points, found.unseen) == (10, 6)
    assert [share.by_tokens for share in found.shares.values()] == [4]


def test_a_meter_may_be_a_minute_behind_but_no_more() -> None:
    assert went_of([Movement(1_000, 1_100, 0, 4)], [answer(950, 5)]).unseen == 0
    assert went_of([Movement(1_000, 1_100, 0, 4)], [answer(900, 5)]).unseen == 4


def test_what_has_no_price_is_not_shared_by_value() -> None:
    found = went_of([Movement(900, 1_100, 0, 4)], [answer(1_000, 5), answer(1_001, 5, None, "b")])
    assert found.unvalued == 4
    assert [(share.by_tokens, share.by_value) for share in found.shares.values()] == [(2, 0), (2, 0)]


def test_all_parts_add_up() -> None:
    moves = [Movement(number * 100.0, number * 100.0 + 99, number, number + 1.0) for number in range(50)]
    answers = [answer(number * 300.0 + 50, number + 1, number if number % 3 else None, "ab"[number % 2])
               for number in range(15)]  # fmt: skip
    found = went_of(moves, answers)
    assert found.unseen and found.unvalued
    assert sum(share.by_tokens for share in found.shares.values()) + found.unseen == pytest.approx(found.points)
    by_value = sum(share.by_value for share in found.shares.values())
    assert by_value + found.unseen + found.unvalued == pytest.approx(found.points)
