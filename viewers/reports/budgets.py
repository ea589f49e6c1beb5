"""Budgets: what was spent of each in its day, week or month so far, and when it will be crossed at this rate."""

import os
import sqlite3
from contextlib import closing
from datetime import date, timedelta

from store.budget_config import Budget
from store.light import NamedTuple
from viewers.reports.burn import BURN_DAYS, Rate, crossing, period_of, rate
from viewers.reports.flags import Asked
from viewers.reports.scope import Scope, narrowed
from viewers.reports.usage import Used, groups, total
from viewers.reports.zone import today
from viewers.screen import format
from viewers.screen.money import dollars
from viewers.trouble import UsageTrouble

UNKNOWN = "unknown"
WORDS = {"day": "today", "week": "this week", "month": "this month"}


class Limit(NamedTuple):
    """One amount of a budget: usd or tokens, of which so much may be spent."""

    kind: str
    spent: int
    limit: int
    crosses: str | None
    """The day on which it was crossed, or will be."""
    is_over: bool
    has_rate: bool

    @property
    def share(self) -> float:
        return self.spent / self.limit


class Standing(NamedTuple):
    """A budget, and how it stands."""

    budget: Budget
    since: str
    until: str
    used: Used
    limits: tuple[Limit, ...]
    is_known: bool
    """Whether anything is recorded under the names it is of."""


def configured(home: str) -> tuple[Budget, ...]:
    """The budgets of the configuration; most machines have no such file."""
    if not os.path.exists(os.path.join(home, "config.toml")):
        return ()
    from store.config import load

    return load(home).budgets


def standings(reader: sqlite3.Connection, budgets: tuple[Budget, ...], scope: Scope) -> list[Standing]:
    """How each stands now, on the local days of the scope."""
    return [_standing(reader, budget, scope) for budget in budgets]


def _standing(reader: sqlite3.Connection, budget: Budget, scope: Scope) -> Standing:
    now = today(scope.zone, scope.now_s)
    since, until = period_of(budget.per, now)
    before = (date.fromisoformat(now) - timedelta(BURN_DAYS)).isoformat()
    plain = Scope(scope.zone, scope.now_s, mode=scope.mode)
    asked = Asked(account=budget.account, agent=budget.agent, project=budget.project, model=budget.model)
    try:
        own = narrowed(plain, asked, reader)
    except UsageTrouble:  # nothing is recorded under that name yet
        return _of_days(budget, {}, None, since, until, now, is_known=False)
    days = {group.key: group.used for group in groups(reader, own._replace(since=min(since, before), until=now), "day")}
    ever = [group.key for group in groups(reader, plain._replace(until=now), "day") if group.key != UNKNOWN]
    return _of_days(budget, days, min(ever, default=None), since, until, now, is_known=True)


def _of_days(
    budget: Budget, days: dict[str, Used], first: str | None, since: str, until: str, now: str, *, is_known: bool
) -> Standing:
    used = total([used for day, used in days.items() if since <= day <= now])
    limits: list[Limit] = []
    for kind, limit in (("usd", budget.usd_nanos), ("tokens", budget.tokens)):
        if limit is not None:
            spent = {day: used.usd_nanos if kind == "usd" else used.total_tokens for day, used in days.items()}
            burn: Rate | None = rate(spent, now, first)
            own = used.usd_nanos if kind == "usd" else used.total_tokens
            crosses = crossing(spent, limit, since, until, now, burn)
            limits.append(Limit(kind, own, limit, crosses, own > limit, burn is not None))
    return Standing(budget, since, until, used, tuple(limits), is_known)


def amount_of(limit: Limit, used: Used) -> str:
    """What is spent, and of how much; marked where it may be more."""
    if limit.kind == "tokens":
        spent = format.at_least(format.tokens(limit.spent), used.lower_bounds)
        return f"{spent} of {format.tokens(limit.limit)} tokens"
    mark = format.LOWER_BOUND if used.lower_bounds or used.unpriced_tokens else ""
    return f"{mark}{dollars(limit.spent)} of {dollars(limit.limit)}"


def outlook_of(limit: Limit, standing: Standing) -> str:
    """Whether and when it is crossed."""
    if limit.is_over:
        return f"crossed on {limit.crosses}"
    if limit.crosses:
        return f"crossed {'today' if standing.since == standing.until else f'on {limit.crosses}'}?"
    if not limit.has_rate:
        return "too few days to tell more"
    return f"holds {WORDS[standing.budget.per]}"


def of_what(budget: Budget) -> str:
    """Whose spending counts."""
    names = {"account": budget.account, "agent": budget.agent, "project": budget.project, "model": budget.model}
    return ", ".join(f"{key} {name}" for key, name in names.items() if name) or "all"


def sentences(home: str, scope: Scope) -> list[str]:
    """A line for each budget, to stand below a report; nothing where none is configured."""
    budgets = configured(home)
    if not budgets:
        return []
    from store.database import open_reader

    with closing(open_reader(home)) as reader:
        found = standings(reader, budgets, scope)
    return [
        f"Budget {standing.budget.name}: {amount_of(limit, standing.used)} {WORDS[standing.budget.per]} "
        f"({percent(limit)}), {outlook_of(limit, standing)}"
        for standing in found
        for limit in standing.limits
    ]


def percent(limit: Limit) -> str:
    """Rounded down: 100% is there when all of it is spent."""
    return f"{int(limit.share * 100)}%"
