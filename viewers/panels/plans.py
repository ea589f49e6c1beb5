"""What changes slowly and stands above everything: plan limits, budgets, this month and its end, open alerts."""

import json
import os
import sqlite3

from store import home as homes
from store.alert_rules import LOUDER
from store.light import Any, NamedTuple
from viewers import query
from viewers.now.limit_standing import Standing, meters
from viewers.reports.budgets import Limit as Bound
from viewers.reports.budgets import Standing as Budgeted
from viewers.reports.budgets import configured, standings
from viewers.reports.dates import utc
from viewers.reports.forecast import Month, month
from viewers.reports.scope import Scope
from viewers.reports.zone import local

KEEP_S = 15.0
"""Sums of weeks need not follow every line."""
METERS_S = 10.0
LIMITS_S = 8 * 86_400
ALERTS = 200


class Limit(NamedTuple):
    """A plan limit as it stands."""

    agent: str
    account: str
    limit_id: str
    span: str
    used_percent: float
    window_minutes: int | None
    resets_at: str | None
    plan: str | None
    seen_until: str
    title: str
    """Its window as people call it."""
    full_at: str | None
    """When it will be full, if it goes on like that."""


class Alert(NamedTuple):
    """Something that goes on and that nobody has acknowledged."""

    alert_id: int
    rule: str
    text: str
    detail: str | None
    session_id: str | None
    first_at: str
    subject: str


class Plans(NamedTuple):
    """All of it."""

    budgets: tuple[Budgeted, ...] = ()
    month: Month | None = None
    trouble: str = ""
    """Why the budgets cannot be told."""


class Memory:
    """The last answer, as long as it holds."""

    def __init__(self) -> None:
        self.read_s, self.mark = 0.0, (0.0, 0.0)
        self.plans = Plans()
        self.limits: tuple[float, tuple[Limit, ...]] = (0.0, ())


def plans(reader: sqlite3.Connection, memory: Memory, now_s: float) -> Plans:
    """Budgets and the month, anew when the configuration was written or some seconds have passed."""
    home = homes.locate()
    mark = (_written(home), float(reader.execute("pragma schema_version").fetchone()[0]))
    if memory.mark != mark or not 0 <= now_s - memory.read_s < KEEP_S:
        scope, trouble = Scope(local(), now_s), ""
        try:
            budgets = configured(home)
        except Exception as error:  # noqa: BLE001 - a slip in the configuration must not take the screen away
            budgets, trouble = (), str(error)
        memory.plans = Plans(tuple(standings(reader, budgets, scope)), month(reader, scope), trouble)
        memory.mark, memory.read_s = mark, now_s
    return memory.plans


def _written(home: str) -> float:
    try:
        return os.stat(os.path.join(home, "config.toml")).st_mtime
    except OSError:
        return 0.0


def limits(reader: sqlite3.Connection, memory: Memory, now_s: float) -> tuple[Limit, ...]:
    """Of the last days; they move slowly, and are many readings."""
    if not 0 <= now_s - memory.limits[0] < METERS_S:
        found = meters(reader, Scope(local(), now_s))
        known = tuple(_limit(own) for own in found if now_s - own.window.last.until_s < LIMITS_S)
        memory.limits = (now_s, known)
    return memory.limits[1]


def _limit(own: Standing) -> Limit:
    meter, window = own.meter, own.window
    return Limit(
        meter.agent, meter.account, meter.limit_id, meter.span, window.last.used, meter.minutes,
        None if window.resets_s is None else utc(window.resets_s), window.plan, utc(window.last.until_s), meter.title,
        None if own.full_s is None else utc(own.full_s),
    )  # fmt: skip


def alerts(reader: sqlite3.Connection) -> tuple[Alert, ...]:
    """Those that are open, the newest first."""
    rows: list[tuple[Any, ...]] = query.rows(reader, "alerts_to_see", most=ALERTS, louder=json.dumps(LOUDER))
    return tuple(Alert(*row) for row in rows)


def daily(found: Plans) -> Bound | None:
    """The budget of a day that is for all that is spent."""
    for own in found.budgets:
        budget = own.budget
        if budget.per == "day" and not (budget.account or budget.agent or budget.project or budget.model):
            return next((bound for bound in own.limits if bound.kind == "usd"), None)
    return None


def tightest(found: Plans) -> tuple[Budgeted, Bound] | None:
    """The budget of which the largest share is spent."""
    bounds = [(own, bound) for own in found.budgets for bound in own.limits]
    return max(bounds, key=lambda pair: pair[1].share, default=None)
