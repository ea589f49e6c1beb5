"""What was spent: by day and by anything, blocks and budgets, when; every figure by the reports' own calculation."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from viewers import query
from viewers.reports.blocks import Block, blocks, projection, rate
from viewers.reports.budgets import amount_of, configured, of_what, outlook_of, standings
from viewers.reports.dates import seconds_of
from viewers.reports.flags import Asked as ReportAsked
from viewers.reports.forecast_report import answer as forecast
from viewers.reports.report import cards_of
from viewers.reports.scope import Scope
from viewers.reports.usage import QUARTER_HOURS, RESPONSES, Used, groups, parameters, total
from viewers.web import stacks
from viewers.web.asked_range import FILTERS, RANGES, Range, range_of
from viewers.web.page import Asked, Page

BYS = ("model", "project", "agent")
KEEP_S = 5.0
"""Sums of months need not follow every line."""
TOP, DEAREST, BLOCKS = 12, 20, 6
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NANOS = 1e9


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
    whole = total(list(days.values()))
    tables = {by: rows_of({group.key: group.used for group in groups(reader, scope, by)}) for by in BYS}
    sessions = sorted(groups(reader, scope, "session"), key=lambda group: -group.used.usd_nanos)
    found = blocks(reader, scope._replace(since=None, until=None), asked.now_s)
    return {
        "chosen": chosen, "ranges": RANGES, "bys": BYS, "filters": FILTERS, "whole": whole,
        "active": sum(used.total_tokens > 0 for used in days.values()),
        "chart": stacks.chart(reader, chosen, list(tables[chosen.by])[:TOP], every_day(chosen, list(days))),
        "tables": tables, "colours": stacks.colours([row.key for row in tables["model"]]), "top": TOP,
        "month": month(asked, scope),
        "sessions": sessions[:DEAREST], "sessions_all": len(sessions), "cards": cards_of(reader, sessions[:DEAREST]),
        "blocks": [(block, rate(block), projection(block, asked.now_s)) for block in _windows(found)],
        "budgets": standings(reader, configured(asked.home), scope), "amount_of": amount_of,
        "outlook_of": outlook_of, "of_what": of_what, "heat": heat(asked, chosen),
    }  # fmt: skip


def _windows(found: list[Block]) -> list[Block]:
    return [block for block in found if not block.is_gap][: -BLOCKS - 1 : -1]


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


def heat(asked: Asked, chosen: Range) -> dict[str, Any]:
    """Dollars by the hour of the week, in five steps."""
    scope = chosen.scope
    source = RESPONSES if scope.branch is not None else QUARTER_HOURS
    cells = [[0] * 24 for _ in DAYS]
    for at, _, *sums, _ in query.grouped(asked.reader, source, "used_by_quarter", **parameters(scope, "")):
        then = time.localtime(seconds_of(at))
        cells[then.tm_wday][then.tm_hour] += Used(*sums).usd_nanos
    most = max(max(row) for row in cells) or 1
    steps = [[0 if not nanos else min(1 + int(nanos / most * 4), 4) for nanos in row] for row in cells]
    return {"days": DAYS, "steps": steps, "cells": cells, "most": most}


PAGE = Page(
    "history", "History", "/history", read,
    ("totals", "chart", "project", "model", "agent", "sessions", "blocks", "budgets", "heat"), icon="history",
)  # fmt: skip
