"""`budgets`: each budget, what is spent of it, and when it will be crossed."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from store import home as homes
from viewers.reports.budgets import Limit, Standing, amount_of, configured, of_what, outlook_of, percent, standings
from viewers.reports.flags import Asked
from viewers.reports.scope import Scope
from viewers.reports.usage_table import drawn, noted, telemetry_note
from viewers.screen import format, terminal
from viewers.screen.csv_text import Value
from viewers.screen.money import amount
from viewers.screen.table import Column, Row, lines
from viewers.spending.shown import Shown, api_value

COLUMNS = (
    Column("Budget", least=8),
    Column("Of", least=8, keeps_end=True, dispensable=2),
    Column("Per"),
    Column("Spent", is_number=True),
    Column("", is_number=True),
    Column("", dispensable=1),
    Column("Outlook", least=12, dispensable=3),
)
BAR = 12
NAMES = ("budget", "of", "per", "since", "until", "kind", "spent", "limit", "percent", "crosses", "is_over",
         "unpriced_tokens", "lower_bounds")  # fmt: skip
NONE = 'no budget is set: add one to config.toml, as [budgets.team] with per = "month" and usd = 200'


def defaults(asked: Asked) -> Asked:
    return asked


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """All budgets of the configuration, in its order."""
    found = standings(reader, configured(homes.locate()), scope)
    document: dict[str, Any] = {
        "budgets": [_document(standing) for standing in found],
        "timezone": scope.zone.name,
        "mode": scope.mode,
    }
    return Shown(document, partial(_lines, found), NAMES, _records(found))


def _document(standing: Standing) -> dict[str, Any]:
    budget, used = standing.budget, standing.used
    return {
        "name": budget.name,
        "per": budget.per,
        "account": budget.account,
        "agent": budget.agent,
        "project": budget.project,
        "model": budget.model,
        "since": standing.since,
        "until": standing.until,
        "isKnown": standing.is_known,
        "limits": [
            {
                "kind": limit.kind,
                "spent": _value(limit, limit.spent),
                "limit": _value(limit, limit.limit),
                "percent": round(limit.share * 100, 2),
                "isOver": limit.is_over,
                "crosses": limit.crosses,
                "hasRate": limit.has_rate,
            }
            for limit in standing.limits
        ],
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "unpricedTokens": used.unpriced_tokens,
    }


def _value(limit: Limit, number: int) -> int | float:
    return amount(number) if limit.kind == "usd" else number


def _records(found: list[Standing]) -> Iterator[list[Value]]:
    for standing in found:
        for limit in standing.limits:
            yield [
                standing.budget.name, of_what(standing.budget), standing.budget.per, standing.since, standing.until,
                limit.kind, _value(limit, limit.spent), _value(limit, limit.limit), round(limit.share * 100, 2),
                limit.crosses, int(limit.is_over), standing.used.unpriced_tokens, standing.used.lower_bounds,
            ]  # fmt: skip


def _lines(found: list[Standing], plan: str | None) -> Iterator[str]:
    if not found:
        terminal.say(NONE)
        return
    rows = [
        Row(
            (
                standing.budget.name,
                of_what(standing.budget),
                standing.budget.per,
                amount_of(limit, standing.used),
                percent(limit),
                drawn(min(limit.spent, limit.limit), limit.limit, BAR),
                outlook_of(limit, standing),
            ),
            "bold" if limit.is_over else "",
        )
        for standing in found
        for limit in standing.limits
    ]
    yield from lines(COLUMNS, rows, terminal.columns())
    notes = [
        f"Nothing is recorded yet of {of_what(standing.budget)}, which {standing.budget.name} is of."
        for standing in found
        if not standing.is_known
    ]
    if any(limit.crosses and not limit.is_over for standing in found for limit in standing.limits):
        notes.append("crossed on …? if days go on like the last seven.")
    if any(standing.used.lower_bounds for standing in found):
        notes.append("≥ at least: the end of an answer was never written down.")
    unpriced = max((standing.used.unpriced_tokens for standing in found if standing.budget.usd_nanos), default=0)
    if unpriced:
        notes.append(f"≥ at least: {format.tokens(unpriced)} tokens have no price, and count as no money.")
    notes += telemetry_note(max((standing.used.telemetry_only_tokens for standing in found), default=0))
    if any(standing.budget.usd_nanos for standing in found):
        notes += api_value(plan)
    yield from ("", *noted(notes)) if notes else ()
