"""`compare`: two ranges or two sessions side by side, the differences, and what made them."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from store.light import NamedTuple
from viewers import query
from viewers.reports.flags import Asked
from viewers.reports.report import say_nothing
from viewers.reports.scope import Scope, narrowed
from viewers.reports.spans import NAMED, span_of
from viewers.reports.summary import hit_ratio
from viewers.reports.usage import Group, Used, by_model, groups, total
from viewers.reports.usage_table import API_VALUE, COST, noted, short_names, telemetry_note, wrapped
from viewers.reports.zone import today
from viewers.screen import format, terminal
from viewers.screen.money import UNPRICED, amount, dollars, worth
from viewers.screen.table import Column, Row, lines
from viewers.spending.drivers import KINDS, MODELS, PRICES, VOLUME, Driver, drivers
from viewers.spending.shown import Shown, api_value
from viewers.trouble import UsageTrouble

NAMES = ("figure", "first", "second", "difference")
TOP = 6
LONGEST = 12
WORDS = {
    VOLUME: "more or fewer tokens",
    MODELS: "other models",
    KINDS: "other kinds of tokens (cache, output)",
    PRICES: "the same, or other prices, of some models",
}


class Side(NamedTuple):
    """One of the two: its name, its first and last day (none of a session), and what was used."""

    name: str
    since: str | None
    until: str | None
    models: dict[str, Used]
    sessions: int
    days: int

    @property
    def used(self) -> Used:
        return total(list(self.models.values()))


class Both(NamedTuple):
    """The two sides, and what made the difference."""

    first: Side
    second: Side
    drivers: list[Driver]
    partial_day: bool
    """One of them is not over yet."""


def defaults(asked: Asked) -> Asked:
    return asked


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """Both sides, from the same sums as the reports."""
    now = today(scope.zone, scope.now_s)
    sides = [_side(reader, asked, scope, text or "", now) for text in (asked.first, asked.second)]
    changing = {model for (model,) in query.rows(reader, "models_with_prices")}
    made = drivers(sides[0].models, sides[1].models, changing)
    both = Both(sides[0], sides[1], made, any((side.until or "") >= now for side in sides))
    figures = _figures(both)
    document: dict[str, Any] = {
        "first": _document(both.first),
        "second": _document(both.second),
        "difference": {
            "totalCost": amount(both.second.used.usd_nanos - both.first.used.usd_nanos),
            "totalTokens": both.second.used.total_tokens - both.first.used.total_tokens,
            "drivers": [{"cause": driver.name, "cost": amount(driver.usd_nanos)} for driver in made],
        },
        "timezone": scope.zone.name,
        "mode": scope.mode,
    }
    records = [[name, *values, None if None in values else values[1] - values[0]] for name, values in figures.items()]
    return Shown(document, partial(_lines, both, scope), NAMES, records)


def _side(reader: sqlite3.Connection, asked: Asked, scope: Scope, text: str, now: str) -> Side:
    span = span_of(text, now, scope.week_start)
    if span is not None:
        return _of(reader, scope._replace(since=span[0], until=span[1]), text)
    try:
        own = narrowed(scope, asked._replace(id=text), reader)
    except UsageTrouble as trouble:
        hint = f"name a session, or a range: 2026-11, 2026-11-01..2026-11-07, {', '.join(NAMED[:6])}"
        raise UsageTrouble(f"{text!r} is neither a range nor a session that is recorded", hint=hint) from trouble
    return _of(reader, own, text)


def _of(reader: sqlite3.Connection, scope: Scope, text: str) -> Side:
    found = groups(reader, scope, "model")
    days: list[Group] = groups(reader, scope, "day")
    models = by_model([part for group in found for part in group.models.items()])
    sessions = len(groups(reader, scope, "session"))
    return Side(text, scope.since, scope.until, models, sessions, len(days))


def _figures(both: Both) -> dict[str, list[Any]]:
    """The numbers of both sides, under the names that a file has."""
    sides = (both.first, both.second)
    ratios = [hit_ratio(side.used) for side in sides]
    return {
        "usd": [amount(side.used.usd_nanos) if _has_money(side.used) else None for side in sides],
        "tokens": [side.used.total_tokens for side in sides],
        "input_tokens": [side.used.input_tokens for side in sides],
        "output_tokens": [side.used.output_tokens for side in sides],
        "cache_write_tokens": [side.used.cache_write_tokens for side in sides],
        "cache_read_tokens": [side.used.cache_read_tokens for side in sides],
        "answers": [side.used.responses for side in sides],
        "sessions": [side.sessions for side in sides],
        "days": [side.days for side in sides],
        "hit_ratio": [None if ratio is None else round(ratio, 4) for ratio in ratios],
        "subagent_tokens": [side.used.subagent_tokens for side in sides],
        "unpriced_tokens": [side.used.unpriced_tokens for side in sides],
    }


def _has_money(used: Used) -> bool:
    return bool(used.usd_nanos or not used.unpriced_tokens)


def _document(side: Side) -> dict[str, Any]:
    used, ratio = side.used, hit_ratio(side.used)
    return {
        "name": side.name,
        "since": side.since,
        "until": side.until,
        "totalCost": amount(used.usd_nanos) if _has_money(used) else None,
        "totalTokens": used.total_tokens,
        "inputTokens": used.input_tokens,
        "outputTokens": used.output_tokens,
        "cacheCreationTokens": used.cache_write_tokens,
        "cacheReadTokens": used.cache_read_tokens,
        "responses": used.responses,
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "unpricedTokens": used.unpriced_tokens,
        "subagentTokens": used.subagent_tokens,
        "hitRatio": None if ratio is None else round(ratio, 4),
        "sessions": side.sessions,
        "days": side.days,
        "models": [
            {
                "model": model,
                "totalTokens": own.total_tokens,
                "totalCost": amount(own.usd_nanos) if _has_money(own) else None,
            }
            for model, own in side.models.items()
        ],
    }


def _lines(both: Both, scope: Scope, plan: str | None) -> Iterator[str]:
    first, second = both.first.used, both.second.used
    if not first.total_tokens and not second.total_tokens:
        say_nothing(scope._replace(since="", until=""))
        return
    columns = (
        Column("", least=10),
        Column(_heading(both.first, "first"), is_number=True),
        Column(_heading(both.second, "second"), is_number=True),
        Column("Difference", is_number=True),
        Column("", is_number=True, dispensable=1),
    )
    yield from wrapped([f"{_span(both.first)} and {_span(both.second)} in {scope.zone.name}"])
    yield ""
    yield from lines(columns, _rows(both, plan), terminal.columns())
    change = second.usd_nanos - first.usd_nanos
    if change:
        yield from ("", *_told(both, change))
    notes: list[str] = []
    if both.partial_day:
        notes.append("One of them is not over yet.")
    if any(used.lower_bounds or used.unpriced_tokens for used in (first, second)):
        notes.append("≥ at least: the end of an answer was never written down, or a part of it has no price.")
    notes += telemetry_note(sum(used.telemetry_only_tokens for used in (first, second)))
    notes += api_value(plan)
    yield from ("", *noted(notes)) if notes else ()


def _title(side: Side) -> str:
    return side.name if side.since else side.name[:8]


def _span(side: Side) -> str:
    if side.since is None:
        return f"Session {side.name}"
    return (
        side.name
        if ".." in side.name or side.name == side.since == side.until
        else f"{side.name} ({side.since} to {side.until})"
    )


def _heading(side: Side, place: str) -> str:
    """Its name, where that is short; the line above the table says which is which."""
    title = _title(side)
    return title if len(title) <= LONGEST else place


def _rows(both: Both, plan: str | None) -> list[Row]:
    first, second = both.first, both.second
    a, b = first.used, second.used
    rows = [
        Row((API_VALUE if plan else COST, worth(a), worth(b), *_change(a.usd_nanos, b.usd_nanos, dollars)), "bold"),
        _row("Tokens", a.total_tokens, b.total_tokens, a.lower_bounds, b.lower_bounds),
        _row("Output", a.output_tokens, b.output_tokens, a.lower_bounds, b.lower_bounds),
        _row("Cache read", a.cache_read_tokens, b.cache_read_tokens),
        _row("Cache write", a.cache_write_tokens, b.cache_write_tokens),
        _row("Subagents", a.subagent_tokens, b.subagent_tokens),
        _count("Answers", a.responses, b.responses),
        _count("Sessions", first.sessions, second.sessions),
        _count("Days", first.days, second.days),
    ]
    hits, more = hit_ratio(a), hit_ratio(b)
    cells = tuple(format.NONE if ratio is None else f"{ratio:.1%}" for ratio in (hits, more))
    points = "" if hits is None or more is None else f"{(more - hits) * 100:+.1f}"
    rows.append(Row(("Cache hits", *cells, points, "")))
    models = by_model([*first.models.items(), *second.models.items()])
    names = short_names(list(models))
    largest = sorted(models, key=lambda model: -models[model].usd_nanos)[:TOP]
    if len(models) > 1:
        for model in largest:
            own = [side.models.get(model, Used()) for side in (first, second)]
            cells = tuple(worth(used) if used.total_tokens else format.NONE for used in own)
            rows.append(Row((names[model], *cells, *_change(own[0].usd_nanos, own[1].usd_nanos, dollars)), "dim"))
    return rows


def _row(title: str, first: int, second: int, first_bounds: int = 0, second_bounds: int = 0) -> Row:
    cells = (
        format.at_least(format.tokens(first), first_bounds),
        format.at_least(format.tokens(second), second_bounds),
    )
    return Row((title, *cells, *_change(first, second, format.tokens)))


def _count(title: str, first: int, second: int) -> Row:
    return Row((title, format.count(first), format.count(second), *_change(first, second, format.count)))


def _change(first: int, second: int, write: Any) -> tuple[str, str]:
    """With its sign, and in percent of the first."""
    if first == second:
        return format.NONE, ""
    sign = "+" if second > first else "-"
    share = f"{(second - first) / first:+.0%}" if first else "new"
    return sign + write(abs(second - first)), share


def _told(both: Both, change: int) -> list[str]:
    """What made the difference, the largest first."""
    if any(not _has_money(side.used) for side in (both.first, both.second)):
        return [f"What made the difference cannot be told: one of them is {UNPRICED}."]
    words = [f"The difference of {'+' if change > 0 else '-'}{dollars(abs(change))} is made of"]
    for driver in sorted(both.drivers, key=lambda driver: -abs(driver.usd_nanos)):
        if driver.usd_nanos:
            sign = "+" if driver.usd_nanos > 0 else "-"
            words.append(f"  {sign + dollars(abs(driver.usd_nanos)):>10}  {WORDS[driver.name]}")
    return words
