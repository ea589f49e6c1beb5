"""This month: what it came to so far, and what it will have come to at its end; one calculation for every face."""

import sqlite3
from datetime import date

from store.light import NamedTuple
from viewers.reports.burn import BURN_DAYS, Outlook, Rate, outlook, period_of, rate
from viewers.reports.dates import day_after
from viewers.reports.scope import Scope
from viewers.reports.usage import Used, groups, total
from viewers.reports.zone import today

UNKNOWN = "unknown"


class Month(NamedTuple):
    """The month of today."""

    since: str
    until: str
    today: str
    days: dict[str, Used]
    """All days with usage, also those before it."""
    used: Used
    before: Used
    """The month before it."""
    ahead: dict[str, tuple[Outlook, Rate] | None]
    """Of usd and of tokens; None where too little is recorded."""

    @property
    def days_left(self) -> int:
        return (date.fromisoformat(self.until) - date.fromisoformat(self.today)).days

    def is_least(self, kind: str) -> bool:
        """Whether what is ahead is said from days that came to more than is known."""
        first = min(self.since, day_after(self.today, -BURN_DAYS))
        own = [used for day, used in self.days.items() if first <= day <= self.today]
        return any(used.lower_bounds or (kind == "usd" and used.unpriced_tokens) for used in own)


def month(reader: sqlite3.Connection, scope: Scope) -> Month:
    """By the days of the month so far and the last full ones."""
    now = today(scope.zone, scope.now_s)
    since, until = period_of("month", now)
    days = {group.key: group.used for group in groups(reader, scope._replace(until=now), "day")}
    first = min((day for day in days if day != UNKNOWN), default=None)
    used = total([used for day, used in days.items() if since <= day <= now])
    before = total([used for day, used in days.items() if day[:7] == _month_before(since)])
    found = Month(since, until, now, days, used, before, {})
    ahead = {
        kind: _outlook({day: size(own, kind) for day, own in days.items()}, found, first, size(used, kind))
        for kind in ("usd", "tokens")
    }
    return found._replace(ahead=ahead)


def size(used: Used, kind: str) -> int:
    """Of that kind: money or tokens."""
    return used.usd_nanos if kind == "usd" else used.total_tokens


def _month_before(first: str) -> str:
    year, number = int(first[:4]), int(first[5:7])
    return f"{year - (number == 1):04d}-{(number - 2) % 12 + 1:02d}"


def _outlook(spent: dict[str, int], own: Month, first: str | None, so_far: int) -> tuple[Outlook, Rate] | None:
    burn = rate(spent, own.today, first)
    return (outlook(so_far, spent.get(own.today, 0), burn, own.days_left), burn) if burn else None
