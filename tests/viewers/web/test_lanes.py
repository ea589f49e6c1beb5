"""The lanes of the fleet's page: what touches is one bar, nothing leaves the picture, and it moves once a minute."""

from viewers.panels.timeline_read import Lane, Timeline
from viewers.web.lanes import MOST, Bar, drawn, until

HOURS = 6 * 3600


def lane(key: int, *works: tuple[str, float, float]) -> Lane:
    return Lane(
        key, f"s{key}", "agent", "/src/app", "1970-01-01T00:00:00Z", f"1970-01-01T0{key % 6}:00:00Z", None, works
    )


def test_what_touches_is_one_bar_and_nothing_leaves_the_picture() -> None:
    works = (("main", 30.0, 50.0), ("prompt", 70.0, 71.0), ("agent", -600.0, 60.0), ("waiting", 21_590.0, 30_000.0))
    (one,) = drawn(Timeline(0, 0.0, HOURS, (lane(3, *works),))).lanes
    minute = 60 / HOURS * 100
    assert [(bar.kind, round(bar.x, 6), round(bar.width, 6)) for bar in one.bars] == [
        ("rest", 0.0, 50.0), ("agent", 0.0, round(minute, 6)), ("main", 0.0, round(2 * minute, 6)),
        ("wait", round(100 - minute, 6), round(minute, 6)),
    ]  # fmt: skip
    assert isinstance(one.bars[0], Bar)


def test_the_last_ones_are_drawn_and_the_rest_is_counted() -> None:
    told = drawn(Timeline(0, 0.0, HOURS, tuple(lane(key) for key in range(MOST + 3))))
    assert (len(told.lanes), told.hidden) == (MOST, 3)
    assert told.lanes[0].session_id.endswith("1")
    assert [round(x, 2) for x, _ in told.ticks] == [0.0, 16.67, 33.33, 50.0, 66.67, 83.33]


def test_it_is_another_picture_once_a_minute() -> None:
    assert {until(at) for at in (61.0, 90.0, 119.9, 120.0)} == {120.0}
