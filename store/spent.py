"""What was spent of budgets, and in the last days, by the sums that reports are made of; days are local."""

import json
import sqlite3
import time
from itertools import pairwise
from typing import NamedTuple

from store import named
from store.budget_config import Budget

SPENT = """
select coalesce(sum(u.auto_usd_nanos), 0),
    coalesce(sum(u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens
        + u.output_tokens), 0)
from usage_quarter_hour as u
join session as s using (session_key)
join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where u.quarter >= :since and u.quarter < :until
    and (:account is null or a.name in (select value from json_each(:account)))
    and (:agent is null or a.agent in (select value from json_each(:agent)))
    and (:model is null or u.model in (select value from json_each(:model)))
    and (:project is null or coalesce(f.project, s.cwd) in (select value from json_each(:project)))
"""
FIRST = "select min(quarter) from usage_quarter_hour where quarter > ''"
NAMES = {
    "account": ("select distinct name from account", named.exact),
    "agent": ("select distinct agent from account", named.exact),
    "model": ("select model from usage_day union select model from usage_quarter_hour", named.like),
    "project": (
        "select distinct coalesce(f.project, s.cwd) from session as s join account as a using (account_id) "
        "left join place as f on f.device_id = a.device_id and f.cwd = s.cwd where coalesce(f.project, s.cwd) <> ''",
        named.project,
    ),
}


class Spent(NamedTuple):
    usd_nanos: int
    tokens: int


class Days(NamedTuple):
    """What today cost, and each of the seven days before; without usage that is that old nobody can compare."""

    today: int
    before: tuple[int, ...]
    is_known: bool


def midnight(now_s: float, days: int = 0) -> float:
    """When this local day began, or one that many days away."""
    local = time.localtime(now_s)
    return time.mktime((local.tm_year, local.tm_mon, local.tm_mday + days, 0, 0, 0, 0, 0, -1))


def began(per: str, now_s: float) -> float:
    """When the local day, week (from Monday) or month began that it is now."""
    local = time.localtime(now_s)
    return midnight(now_s, {"day": 0, "week": -local.tm_wday, "month": 1 - local.tm_mday}[per])


def of_budget(connection: sqlite3.Connection, budget: Budget, now_s: float) -> Spent:
    """What is spent of it so far."""
    wanted: dict[str, str | None] = {}
    for key, (query, find) in NAMES.items():
        name: str | None = getattr(budget, key)
        found = None if name is None else find(name, [row[0] for row in connection.execute(query).fetchall()])
        wanted[key] = None if found is None else json.dumps(found)
    return _spent(connection, began(budget.per, now_s), midnight(now_s, 1), wanted)


def days(connection: sqlite3.Connection, now_s: float) -> Days:
    """What the last days cost."""
    starts = [midnight(now_s, number) for number in range(-7, 2)]
    costs = [_spent(connection, *pair, {}).usd_nanos for pair in pairwise(starts)]
    (first,) = connection.execute(FIRST).fetchone()
    return Days(costs[-1], tuple(costs[:-1]), bool(first) and first <= _quarter(starts[0]))


def _spent(connection: sqlite3.Connection, since_s: float, until_s: float, wanted: dict[str, str | None]) -> Spent:
    names = {**dict.fromkeys(NAMES), **wanted}
    row = connection.execute(SPENT, {"since": _quarter(since_s), "until": _quarter(until_s), **names}).fetchone()
    return Spent(*row)


def _quarter(instant_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(instant_s))
