"""On which local day something happened, by the same shifts of the clock that reports regroup their sums by."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta

from viewers.reports.scope import Scope
from viewers.reports.zone import shifts

UNKNOWN = "unknown"
HOUR = len("2026-11-20T10")


def day_of(scope: Scope) -> Callable[[str | None], str]:
    """Gives the local date of an instant, and `unknown` for none."""
    held = shifts(scope.zone, scope.now_s)
    begins = [shift.since for shift in held]
    known: dict[tuple[str, int], str] = {}

    def day(at: str | None) -> str:
        if not at:
            return UNKNOWN
        quarter = int(at[14:16]) // 15 * 15
        key = (at[:HOUR], quarter)
        if key not in known:
            instant = datetime.fromisoformat(f"{at[:HOUR]}:{quarter:02d}")
            minutes = held[bisect_right(begins, f"{at[:HOUR]}:{quarter:02d}:00.000Z") - 1].minutes
            known[key] = (instant + timedelta(minutes=minutes)).date().isoformat()
        return known[key]

    return day


def is_within(scope: Scope, day: str) -> bool:
    """Whether a range holds the day; a day that nobody knows is in no range."""
    if day == UNKNOWN:
        return scope.since is None and scope.until is None
    return (scope.since is None or day >= scope.since) and (scope.until is None or day <= scope.until)
