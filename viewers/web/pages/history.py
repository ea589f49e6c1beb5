"""What was spent: by day and by anything, blocks and budgets, when; every figure by the reports' own calculation."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from viewers.reports.blocks import newest, projection, rate
from viewers.reports.budgets import amount_of, configured, of_what, outlook_of, standings
from viewers.reports.flags import Asked as ReportAsked
from viewers.reports.forecast_report import answer as forecast
from viewers.reports.heat import heat
from viewers.reports.report import cards_of
from viewers.reports.scope import Scope
from viewers.reports.usage import Used, groups, total
from viewers.reports.zone import today
from viewers.web import stacks
from viewers.web.asked_range import FILTERS, RANGES, Range, range_of
from viewers.web.month_grid import grid
from viewers.web.page import Asked, Page

BYS = ("model", "project", "agent")
KEEP_S = 5.0
"""Sums of months need not follow every line."""
TOP, DEAREST, BLOCKS = 12, 20, 6


class Row(NamedTuple):
    """A project, a model, an agent."""

    key: str
    used: Used
    share: float


def read(asked: Asked) -> Mapping[str, Any]:
    """All of it; the same answer for a few seconds."""
    held = asked.memory.get("answer")
    if held is not None and 0 <= asked.now_s - held[0] < KEEP_S:
        return held[1]
    found = _read(asked)
    asked.memory["answer"] = (asked.now_s, found)
    return found


def _read(asked: Asked) -> Mapping[str, Any]:
    chosen = range_of(asked, BYS)
    scope, reader = chosen.scope, asked.reader
    days = {group.key: group.used for group in groups(reader, scope, "day")}
    ever = {group.key: group.used for group in groups(reader, scope._replace(since=None, until=None), "day")}
    now = today(scope.zone, asked.now_s)
    whole = total(list(days.values()))
    tables = {by: rows_of({group.key: group.used for group in groups(reader, scope, by)}) for by in BYS}
    sessions = sorted(groups(reader, scope, "session"), key=lambda group: -group.used.usd_nanos)
    lately = newest(reader, scope, asked.now_s, BLOCKS)
    return {
        "chosen": chosen, "ranges": RANGES, "bys": BYS, "filters": FILTERS, "whole": whole,
        "active": sum(used.total_tokens > 0 for used in days.values()),
        "chart": stacks.chart(reader, chosen, list(tables[chosen.by])[:TOP], every_day(chosen, list(days))),
        "tables": tables, "colours": stacks.colours([row.key for row in tables["model"]]), "top": TOP,
        "month": month(asked, scope), "grid": grid(ever, asked.query.get("month"), scope.until or now, now),
        "today": now,
        "sessions": sessions[:DEAREST], "sessions_all": len(sessions), "cards": cards_of(reader, sessions[:DEAREST]),
        "blocks": [(block, rate(block), projection(block, asked.now_s)) for block in lately],
        "budgets": standings(reader, configured(asked.home), scope), "amount_of": amount_of,
        "outlook_of": outlook_of, "of_what": of_what, "heat": heat(reader, scope),
    }  # fmt: skip


def rows_of(used: Mapping[str, Used]) -> tuple[Row, ...]:
    """The dearest first."""
    whole = sum(one.usd_nanos for one in used.values()) or 1
    rows = [Row(key, one, one.usd_nanos / whole) for key, one in used.items()]
    return tuple(sorted(rows, key=lambda row: (-row.used.usd_nanos, -row.used.total_tokens, row.key)))


def every_day(chosen: Range, known: list[str]) -> list[str]:
    """Also those without usage."""
    scope = chosen.scope
    first = scope.since or min(known, default=None)
    last = scope.until or max(known, default=None)
    if first is None or last is None:
        return []
    begin = date.fromisoformat(first)
    return [(begin + timedelta(day)).isoformat() for day in range((date.fromisoformat(last) - begin).days + 1)]


def month(asked: Asked, scope: Scope) -> dict[str, Any]:
    """What this month came to, and what it will have come to."""
    return forecast(asked.reader, ReportAsked(), scope._replace(since=None, until=None)).document


PAGE = Page(
    "history", "History", "/history", read,
    ("totals", "chart", "calendar", "project", "model", "agent", "sessions", "blocks", "budgets", "heat"),
    icon="history",
)  # fmt: skip
