"""`forecast`: what this month will have come to, as a range, and what that is said from; else that it is too early."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from viewers.reports.burn import BURN_DAYS, LEAST_DAYS, Outlook, Rate
from viewers.reports.flags import Asked
from viewers.reports.forecast import month, size
from viewers.reports.report import say_nothing
from viewers.reports.scope import Scope
from viewers.reports.usage import Used
from viewers.reports.usage_table import noted, telemetry_note, wrapped
from viewers.screen import format
from viewers.screen.money import amount, dollars, worth
from viewers.spending.shown import Shown, api_value

NAMES = ("month", "kind", "spent", "low", "likely", "high", "days_left", "per_day", "last_month")


def defaults(asked: Asked) -> Asked:
    return asked


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """Of money and of tokens, by the days of the month so far and the last full ones."""
    own = month(reader, scope)
    since, until, now, days, used, before, found = own
    least = {kind: own.is_least(kind) for kind in found}
    left = own.days_left
    document: dict[str, Any] = {
        "month": since[:7],
        "today": now,
        "daysLeft": left,
        "spent": {"totalCost": _money(used), "totalTokens": used.total_tokens, **_marks(used)},
        "lastMonth": {"totalCost": _money(before), "totalTokens": before.total_tokens, **_marks(before)},
        "forecast": {kind: _document(kind, known, least[kind]) for kind, known in found.items()},
        "timezone": scope.zone.name,
        "mode": scope.mode,
    }
    records = [
        [since[:7], kind, _value(kind, size(used, kind)), *(_value(kind, number) for number in known[0]), left,
         _value(kind, round(known[1].mean)), _value(kind, size(before, kind))]
        for kind, known in found.items()
        if known
    ]  # fmt: skip
    told = partial(_lines, scope, days, used, before, found, least, (since, until, now, left))
    return Shown(document, told, NAMES, records)


def _value(kind: str, number: int) -> int | float:
    return amount(number) if kind == "usd" else number


def _money(used: Used) -> float | None:
    return amount(used.usd_nanos) if used.usd_nanos or not used.unpriced_tokens else None


def _marks(used: Used) -> dict[str, int]:
    return {
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "unpricedTokens": used.unpriced_tokens,
    }


def _tokens(used: Used) -> str:
    return format.at_least(format.tokens(used.total_tokens), used.lower_bounds)


def _document(kind: str, known: tuple[Outlook, Rate] | None, is_least: bool) -> dict[str, Any] | None:
    if known is None:
        return None
    ahead, burn = known
    return {
        **{name: _value(kind, number) for name, number in ahead._asdict().items()},
        "isLowerBound": is_least,
        "perDay": _value(kind, round(burn.mean)),
        "lowestDay": _value(kind, burn.lowest),
        "highestDay": _value(kind, burn.highest),
        "fromDays": burn.days,
        "activeDays": burn.active,
    }


def _lines(
    scope: Scope,
    days: dict[str, Used],
    used: Used,
    before: Used,
    found: dict[str, tuple[Outlook, Rate] | None],
    least: dict[str, bool],
    month: tuple[str, str, str, int],
    plan: str | None,
) -> Iterator[str]:
    since, until, now, left = month
    if not days:
        say_nothing(scope)
        return
    money = found["usd"] if used.usd_nanos else None
    facts = {"So far": f"{worth(used)}, {_tokens(used)} tokens, from {since} to {now}"}
    if money:
        ahead, own = money
        low, high, likely = (
            format.at_least(dollars(nanos), least["usd"]) for nanos in (ahead.low, ahead.high, ahead.likely)
        )
        facts["At its end"] = f"{low} to {high}, most likely {likely}"
        facts["Said from"] = (
            f"the last {own.days} full days: {dollars(round(own.mean))} a day, from {dollars(own.lowest)} to "
            f"{dollars(own.highest)}; {format.things(left, 'day')} are left after today"
        )
    elif found["tokens"]:
        ahead, own = found["tokens"]
        low, high, likely = (
            format.at_least(format.tokens(size), least["tokens"]) for size in (ahead.low, ahead.high, ahead.likely)
        )
        facts["At its end"] = f"{low} to {high} tokens, most likely {likely}"
        facts["Said from"] = f"the last {own.days} full days: {format.tokens(round(own.mean))} tokens a day"
    else:
        facts["At its end"] = (
            f"too little is recorded to say: it takes {BURN_DAYS} full days since the first one, "
            f"at least {LEAST_DAYS} of the last {BURN_DAYS} with tokens"
        )
    if before.total_tokens:
        facts["Last month"] = f"{worth(before)}, {_tokens(before)} tokens"
    yield from wrapped([f"The month of {since[:7]} in {scope.zone.name}, until {until}"])
    yield ""
    yield from wrapped([f"{title:<12}{text}" for title, text in facts.items()])
    notes: list[str] = []
    if money:
        notes.append("Four of five months end within the range, if days go on like the last ones.")
    notes += telemetry_note(used.telemetry_only_tokens)
    if used.unpriced_tokens:
        notes.append(f"≥ {format.tokens(used.unpriced_tokens)} tokens have no price, and are in no sum of money.")
    yield from ("", *noted([*notes, *api_value(plan)]))
