"""How a session stands where nobody lists the programs of its agent: silence alone tells."""

import pytest

from viewers.panels.fleet_read import Now, now_of
from viewers.reports.dates import utc

NOW_S = 1_795_000_000.0


def row(state: str, silent_s: float, pid: int | None = None, is_untold: int = 0) -> Now:
    at = utc(NOW_S - silent_s)
    return Now(1, "s", "agent", "a", "/p", state, at, None, pid, at, None, is_untold)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row("ended", 60, is_untold=1), "idle"),
        (row("ended", 3600, is_untold=1), "ended"),
        (row("ended", 60), "ended"),
        (row("your_turn", 3600), "your_turn"),
        (row("your_turn", 90_000), "ended"),
        (row("working", 90_000), "ended"),
        (row("working", 60, pid=7), "working"),
        (row("working", 90_000, pid=7), "idle"),
    ],
)
def test_silence_tells_what_nobody_else_does(before: Now, after: str) -> None:
    assert now_of(tuple(before), NOW_S).state == after
