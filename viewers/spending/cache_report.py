"""`cache`: what caches saved, what was written and never read, and what pauses cost that outlived a cache."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from store.light import NamedTuple
from viewers import query
from viewers.reports.flags import ORDERS, Asked
from viewers.reports.local_day import day_of
from viewers.reports.report import Card, cards_of, say_nothing
from viewers.reports.scope import Scope, number_of, one_of
from viewers.reports.summary import hit_ratio
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.usage_table import noted, short_names, wrapped
from viewers.screen import format, terminal
from viewers.screen.csv_text import Value
from viewers.screen.money import UNPRICED, amount, dollars
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import short_path
from viewers.spending.cache_use import Cached, Kept, by_key, cached, whole
from viewers.spending.caching import Answer
from viewers.spending.shown import Shown, api_value, range_words, recent

GROUPS = ("session", "project", "model", "day")
TOP = 10
COLUMNS = (
    Column("Hits", is_number=True, dispensable=1),
    Column("Cache read", is_number=True, dispensable=3),
    Column("Saved", is_number=True),
    Column("Never read", is_number=True),
    Column("Pauses", is_number=True, dispensable=2),
    Column("Waiting", is_number=True),
)
NOTES = (
    "Saved: what was read, against the full price of input, less what writing costs more.",
    "Never read: writes that no later answer of their thread read while they lived.",
    "Waiting: what it cost more to write again what had expired in a pause (after 5 minutes or an hour), where the "
    "records show no other cause.",
)
NAMES = (
    "agents", "input_tokens", "cache_read_tokens", "cache_write_tokens", "hit_ratio", "saved_usd", "surcharge_usd",
    "never_read_tokens", "never_read_usd", "pauses_5m", "pauses_5m_usd", "pauses_1h", "pauses_1h_usd",
    "unpriced_tokens",
)  # fmt: skip

defaults = recent

Entry = tuple[Group, Kept]


class View(NamedTuple):
    """All that is to be shown."""

    scope: Scope
    by: str
    shown: list[Entry]
    omitted: int
    cards: dict[str, Card]
    used: Used
    kept: Kept
    """Of all, also of rows that the limit leaves out."""


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """The sums of each group, those first that lost most."""
    by = one_of(asked.by, GROUPS, "--by") or "session"
    order = one_of(asked.order, ORDERS, "--order") or ("asc" if by == "day" else "cost")
    limit = number_of(asked.limit, "--limit") or (TOP if by in ("session", "project") else None)
    found = groups(reader, scope, by)
    told = cached(reader, scope)
    kept = by_key(told, _key(reader, scope, by, told))
    every = _ordered([(group, kept.get(group.key, Kept())) for group in found], order, by)
    shown = every if limit is None else every[-limit:] if by == "day" and order == "asc" else every[:limit]
    cards = cards_of(reader, [group for group, _ in shown]) if by == "session" else {}
    all_of = (total([group.used for group in found]), whole(kept.values()))
    view = View(scope, by, shown, len(every) - len(shown), cards, *all_of)
    return Shown(_document(view), partial(_lines, view), (by, *NAMES), _records(view))


def _key(reader: sqlite3.Connection, scope: Scope, by: str, told: Cached) -> Callable[[Answer], str]:
    """Gives the key that reports have for the group of an answer."""
    if by == "day":
        day = day_of(scope)
        return lambda answer: day(answer.at)
    if by == "project":
        keys = sorted({answer.session_key for answer in told.answers})
        cards = query.rows(reader, "session_cards", keys=json.dumps(keys))
        projects = {card[0]: card[4] or "unknown" for card in cards}
        return lambda answer: projects[answer.session_key]
    return (lambda answer: answer.model) if by == "model" else lambda answer: str(answer.session_key)


def _ordered(every: list[Entry], order: str, by: str) -> list[Entry]:
    def size(entry: Entry) -> tuple[Any, ...]:
        group, own = entry
        if order == "tokens":
            return (group.used.cache_read_tokens, group.key)
        if order == "name" or (by == "day" and order in ("asc", "desc")):
            return (group.key,)
        return (own.unread_nanos + own.waited_nanos, own.saved_nanos, group.used.total_tokens, group.key)

    return sorted(every, key=size, reverse=order not in ("asc", "name"))


def _document(view: View) -> dict[str, Any]:
    return {
        "cache": [
            {"name": _title(view, group), "agents": group.agents, **_sums(group.used, own)}
            | ({"title": view.cards[group.key].title} if group.key in view.cards else {})
            for group, own in view.shown
        ],
        "totals": _sums(view.used, view.kept),
        "by": view.by,
        "omittedRows": view.omitted,
        "timezone": view.scope.zone.name,
        "since": view.scope.since,
        "until": view.scope.until,
    }


def _sums(used: Used, own: Kept) -> dict[str, Any]:
    ratio = hit_ratio(used)
    return {
        "inputTokens": used.input_tokens,
        "cacheReadTokens": used.cache_read_tokens,
        "cacheCreationTokens": used.cache_write_tokens,
        "hitRatio": None if ratio is None else round(ratio, 4),
        "savedCost": amount(own.saved_nanos),
        "writeSurcharge": amount(own.surcharge_nanos),
        "neverRead": {"tokens": own.unread_tokens, "cost": amount(own.unread_nanos)},
        "waiting": {
            "5m": _pauses(own.pauses_5m, own.pauses_5m_tokens, own.pauses_5m_nanos),
            "1h": _pauses(own.pauses_1h, own.pauses_1h_tokens, own.pauses_1h_nanos),
        },
        "unpricedTokens": own.unpriced_tokens,
    }


def _pauses(number: int, tokens: int, nanos: int) -> dict[str, Any]:
    return {"pauses": number, "tokens": tokens, "cost": amount(nanos)}


def _records(view: View) -> Iterator[list[Value]]:
    for group, own in view.shown:
        used, ratio = group.used, hit_ratio(group.used)
        yield [
            _title(view, group), " ".join(group.agents), used.input_tokens, used.cache_read_tokens,
            used.cache_write_tokens, None if ratio is None else round(ratio, 4), amount(own.saved_nanos),
            amount(own.surcharge_nanos), own.unread_tokens, amount(own.unread_nanos), own.pauses_5m,
            amount(own.pauses_5m_nanos), own.pauses_1h, amount(own.pauses_1h_nanos), own.unpriced_tokens,
        ]  # fmt: skip


def _title(view: View, group: Group) -> str:
    return view.cards[group.key].session_id if group.key in view.cards else group.key


def _lines(view: View, plan: str | None) -> list[str]:
    if not view.shown:
        say_nothing(view.scope)
        return []
    own = view.kept
    ratio = hit_ratio(view.used)
    facts = {
        "Hits": f"{ratio:.1%} of the input was read from a cache" if ratio is not None else "",
        "Saved": f"{_net(own)} net: {_marked(own.saved_nanos, own)} by reading, {dollars(own.surcharge_nanos)} more "
        "for writing",
        "Never read": f"{_marked(own.unread_nanos, own)} for {format.tokens(own.unread_tokens)} tokens"
        if own.unread_tokens else "",
        "Waiting": "; ".join(_waiting(own)),
    }  # fmt: skip
    told = [f"{title:<12}{text}" for title, text in facts.items() if text]
    words = f"Caches by {view.by}{range_words(view.scope)} in {view.scope.zone.name}"
    notes = [f"{format.things(view.omitted, 'row')} more; the figures above are of all."] if view.omitted else []
    notes += NOTES
    if own.unpriced_tokens:
        notes.append(f"≥ {format.tokens(own.unpriced_tokens)} tokens have no price, and are in no sum of money.")
    notes += api_value(plan)
    return [*wrapped([words]), "", *wrapped(told), "", *_table(view), "", *noted(notes)]


def _table(view: View) -> list[str]:
    names = short_names([group.key for group, _ in view.shown]) if view.by == "model" else {}
    rows = [Row((_name(view, group, names), *_cells(group.used, own))) for group, own in view.shown]
    if len(view.shown) + view.omitted > 1:
        rows.append(Row(("Total", *_cells(view.used, view.kept)), "bold"))
    first = Column(view.by.capitalize(), least=12, keeps_end=view.by == "project")
    return list(lines((first, *COLUMNS), rows, terminal.columns()))


def _name(view: View, group: Group, names: dict[str, str]) -> str:
    card = view.cards.get(group.key)
    if card is not None:
        return f"{card.session_id[:8]} {card.title or short_path(card.project or '')}".rstrip()
    return short_path(names.get(group.key, group.key))


def _cells(used: Used, own: Kept) -> tuple[str, ...]:
    ratio = hit_ratio(used)
    return (
        format.NONE if ratio is None else f"{ratio:.1%}",
        format.tokens(used.cache_read_tokens),
        _net(own),
        _marked(own.unread_nanos, own) if own.unread_tokens else format.NONE,
        format.count(own.pauses),
        _marked(own.waited_nanos, own) if own.pauses else format.NONE,
    )


def _net(own: Kept) -> str:
    return _marked(own.saved_nanos - own.surcharge_nanos, own)


def _marked(nanos: int, own: Kept) -> str:
    """The amount; marked where a part of the tokens has no price."""
    if own.unpriced_tokens and not nanos:
        return UNPRICED
    return (format.LOWER_BOUND if own.unpriced_tokens else "") + dollars(nanos)


def _waiting(own: Kept) -> list[str]:
    kinds = (("5-minute", own.pauses_5m, own.pauses_5m_tokens, own.pauses_5m_nanos),
             ("1-hour", own.pauses_1h, own.pauses_1h_tokens, own.pauses_1h_nanos))  # fmt: skip
    return [
        f"{_marked(nanos, own)} for {format.things(number, 'pause')} that outlived a {life} cache, "
        f"{format.tokens(tokens)} tokens written again"
        for life, number, tokens, nanos in kinds
        if number
    ]
