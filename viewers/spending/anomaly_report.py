"""`anomalies`: days and sessions that cost far more than those of the weeks before, and what made them so dear."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from store.light import NamedTuple
from viewers.reports.flags import Asked
from viewers.reports.report import Card, cards_of, say_nothing
from viewers.reports.scope import Scope
from viewers.reports.summary import hit_ratio
from viewers.reports.usage import Group, Used, groups
from viewers.reports.usage_table import API_VALUE, COST, noted, short_names, telemetry_note, wrapped
from viewers.screen import format, terminal
from viewers.screen.money import NANOS, amount, dollars, worth
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import short_path
from viewers.spending.out_of_line import FAR, LEAST, TIMES, Line, line
from viewers.spending.shown import Shown, api_value, range_words, recent

WEEKS = 4
"""Of days before each one that it is measured by; working days by working days, weekends by weekends."""
LEAST_NANOS = NANOS
"""A dollar: less is never out of line."""
MOST = 10
MOSTLY = 0.4
NAMES = ("what", "name", "usd", "usual_usd", "times", "why")
UNKNOWN = "unknown"


class Odd(NamedTuple):
    """A day or a session out of line."""

    what: str
    name: str
    used: Used
    usual: Line
    why: list[str]


defaults = recent


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """Days first, each kind with the newest first."""
    since = scope.since or "0001-01-01"
    before = scope._replace(since=_earlier(since))
    days = [group for group in groups(reader, before, "day") if group.key != UNKNOWN]
    odd = [_day(reader, scope, group, usual) for group, usual in odd_days(days, since)]
    sessions = groups(reader, scope, "session")
    earlier = groups(reader, before, "session")
    found = odd_sessions(sessions, earlier)
    cards = cards_of(reader, [group for group, _ in found])
    odd += [_session(group, usual, cards[group.key]) for group, usual in found]
    measured = sum(_usual(day, days) is not None for day in days if day.key >= since)
    document: dict[str, Any] = {
        "anomalies": [_document(one) for one in odd],
        "measuredDays": measured,
        "measuredSessions": len(sessions) if line([group.used.usd_nanos for group in earlier]) else 0,
        "timezone": scope.zone.name,
        "since": scope.since,
        "until": scope.until,
        "mode": scope.mode,
    }
    told = partial(_lines, scope, odd, measured, bool(sessions))
    return Shown(document, told, NAMES, _records(odd))


def _earlier(day: str) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(7 * WEEKS)).isoformat()
    except OverflowError:
        return day


def odd_days(days: list[Group], since: str) -> list[tuple[Group, Line]]:
    """Those that cost far more than the days of their kind in the weeks before."""
    found: list[tuple[Group, Line]] = []
    for day in days:
        usual = _usual(day, days) if day.key >= since else None
        if usual and _is_odd(day.used, usual):
            found.append((day, usual))
    return found[::-1][:MOST]


def _usual(day: Group, days: list[Group]) -> Line | None:
    own, first = date.fromisoformat(day.key), _earlier(day.key)
    return line(
        [
            other.used.usd_nanos
            for other in days
            if first <= other.key < day.key and (date.fromisoformat(other.key).weekday() > 4) == (own.weekday() > 4)
        ]
    )


def odd_sessions(sessions: list[Group], earlier: list[Group]) -> list[tuple[Group, Line]]:
    """Those that cost far more than the sessions of the range and the weeks before it."""
    usual = line([group.used.usd_nanos for group in earlier])
    if usual is None:
        return []
    # Sessions differ by far more than days do: a few large ones among many small ones are no news.
    upper = sorted(group.used.usd_nanos for group in earlier)[-(len(earlier) // 20) - 1]
    odd = [group for group in sessions if _is_odd(group.used, usual) and group.used.usd_nanos >= upper]
    return [(group, usual) for group in sorted(odd, key=lambda group: -group.used.usd_nanos)[: MOST // 2]]


def _is_odd(used: Used, usual: Line) -> bool:
    return used.usd_nanos > usual.limit and used.usd_nanos - usual.median >= LEAST_NANOS


def _day(reader: sqlite3.Connection, scope: Scope, day: Group, usual: Line) -> Odd:
    """What most of it came from."""
    own = scope._replace(since=day.key, until=day.key)
    sessions = sorted(groups(reader, own, "session"), key=lambda group: -group.used.usd_nanos)
    why: list[str] = []
    if sessions and _share(sessions[0].used, day.used) >= MOSTLY:
        card = cards_of(reader, sessions[:1])[sessions[0].key]
        why.append(f"session {card.session_id[:8]} {_share(sessions[0].used, day.used):.0%}{_where(card)}")
    else:
        why.append(format.things(len(sessions), "session"))
        projects = sorted(groups(reader, own, "project"), key=lambda group: -group.used.usd_nanos)
        if projects and _share(projects[0].used, day.used) >= MOSTLY:
            why.append(f"{short_path(projects[0].key)} {_share(projects[0].used, day.used):.0%}")
    return Odd("day", day.key, day.used, usual, [*why, *_causes(day)])


def _session(group: Group, usual: Line, card: Card) -> Odd:
    return Odd("session", card.session_id, group.used, usual, [short_path(card.project or UNKNOWN), *_causes(group)])


def _where(card: Card) -> str:
    return f" in {short_path(card.project)}" if card.project else ""


def _causes(group: Group) -> list[str]:
    used, why = group.used, list[str]()
    if used.subagent_usd_nanos >= MOSTLY * used.usd_nanos:
        why.append(f"subagents {used.subagent_usd_nanos / used.usd_nanos:.0%}")
    dearest = max(group.models.items(), key=lambda item: item[1].usd_nanos, default=None)
    if dearest and len(group.models) > 1:
        why.append(f"{short_names(list(group.models))[dearest[0]]} {_share(dearest[1], used):.0%}")
    ratio = hit_ratio(used)
    if ratio is not None and ratio < MOSTLY and used.cache_read_tokens:
        why.append(f"only {ratio:.0%} of the input from a cache")
    return why


def _share(part: Used, whole: Used) -> float:
    return part.usd_nanos / whole.usd_nanos if whole.usd_nanos else 0.0


def _times(one: Odd) -> float | None:
    return round(one.used.usd_nanos / one.usual.median, 1) if one.usual.median else None


def _document(one: Odd) -> dict[str, Any]:
    return {
        "what": one.what,
        "name": one.name,
        "totalCost": amount(one.used.usd_nanos),
        "totalTokens": one.used.total_tokens,
        "lowerBounds": one.used.lower_bounds,
        "telemetryOnlyTokens": one.used.telemetry_only_tokens,
        "unpricedTokens": one.used.unpriced_tokens,
        "usualCost": amount(round(one.usual.median)),
        "limitCost": amount(round(one.usual.limit)),
        "measuredBy": one.usual.number,
        "times": _times(one),
        "why": one.why,
    }


def _records(odd: list[Odd]) -> Iterator[list[Any]]:
    for one in odd:
        usual = amount(round(one.usual.median))
        yield [one.what, one.name, amount(one.used.usd_nanos), usual, _times(one), "; ".join(one.why)]


def _lines(scope: Scope, odd: list[Odd], measured: int, has_any: bool, plan: str | None) -> Iterator[str]:
    if not has_any:
        say_nothing(scope)
        return
    if not odd:
        few = f"; too few days came before them to measure by: it takes {LEAST}" if not measured else ""
        yield from wrapped([f"Nothing is out of line{range_words(scope)} in {scope.zone.name}{few}."])
        return
    yield from wrapped([f"Out of line{range_words(scope)} in {scope.zone.name}"])
    yield ""
    columns = (
        Column("", dispensable=3),
        Column("", least=10),
        Column(API_VALUE if plan else COST, is_number=True),
        Column("Usual", is_number=True, dispensable=1),
        Column("Times", is_number=True, dispensable=2),
        Column("Why", least=14),
    )
    yield from lines(columns, [Row(_cells(one)) for one in odd], terminal.columns())
    notes = [
        f"Usual: the median of the {WEEKS} weeks before, of working days or of weekends; of sessions, of those weeks "
        f"and this range. Out of line: over {TIMES:.0f} times that, and over {FAR} deviations and a dollar above it.",
    ]
    if any(one.used.lower_bounds or one.used.unpriced_tokens for one in odd):
        notes.append("≥ at least: the end of an answer was never written down, or a part of it has no price.")
    notes += telemetry_note(sum(one.used.telemetry_only_tokens for one in odd if one.what == odd[0].what))
    yield from ("", *noted([*notes, *api_value(plan)]))


def _cells(one: Odd) -> tuple[str, ...]:
    times = _times(one)
    name = one.name if one.what == "day" else one.name[:8]
    usual = dollars(round(one.usual.median))
    return (one.what, name, worth(one.used), usual, "" if times is None else f"{times:g}", "; ".join(one.why))
