"""The sums of what caches saved and cost, in a range, by day, session, model or project."""

import json
import sqlite3
from collections.abc import Callable, Iterable

from store.light import NamedTuple
from viewers import query
from viewers.reports.local_day import day_of, is_within
from viewers.reports.scope import Scope
from viewers.spending import caching
from viewers.spending.caching import HOUR_S, Answer, Pause, Rates, Unread

ASKED = ("since", "until", "accounts", "agents", "projects", "sessions")


class Cached(NamedTuple):
    """What is told of the caches of a range."""

    answers: list[Answer]
    unread: list[Unread]
    pauses: list[Pause]
    rates: dict[int, Rates]


class Kept(NamedTuple):
    """Sums of one group. Money is at list prices; tokens without one are in unpriced_tokens, and in no sum of money."""

    saved_nanos: int = 0
    surcharge_nanos: int = 0
    unread_tokens: int = 0
    unread_nanos: int = 0
    pauses_5m: int = 0
    pauses_5m_tokens: int = 0
    pauses_5m_nanos: int = 0
    pauses_1h: int = 0
    pauses_1h_tokens: int = 0
    pauses_1h_nanos: int = 0
    unpriced_tokens: int = 0

    @property
    def pauses(self) -> int:
        return self.pauses_5m + self.pauses_1h

    @property
    def waited_tokens(self) -> int:
        return self.pauses_5m_tokens + self.pauses_1h_tokens

    @property
    def waited_nanos(self) -> int:
        return self.pauses_5m_nanos + self.pauses_1h_nanos


def cached(reader: sqlite3.Connection, scope: Scope) -> Cached:
    """All of it; whether something lies in the range is said by the local day of its answer."""
    asked = scope.parameters()
    answers = [Answer(*row) for row in query.rows(reader, "cache_answers", **{name: asked[name] for name in ASKED})]
    followed = caching.follow(answers)
    gaps = [
        [pause.before.session_key, pause.before.run_key, pause.before.at, pause.after.at] for pause in followed.pauses
    ]
    told = query.rows(reader, "cache_asked", pauses=json.dumps(gaps)) if gaps else []
    forked = {key for (key,) in query.rows(reader, "cache_forked")}
    is_asked = _asked(scope)
    return Cached(
        [answer for answer in answers if is_asked(answer)],
        [
            unread
            for unread in followed.unread
            if unread.ends_s < scope.now_s and unread.answer.session_key not in forked and is_asked(unread.answer)
        ],
        [pause for pause in caching.proven(followed.pauses, told) if is_asked(pause.after)],
        {key: Rates(*rates) for key, *rates in query.rows(reader, "cache_rates")},
    )


def by_key(found: Cached, key: Callable[[Answer], str]) -> dict[str, Kept]:
    """The sums of each group that has any."""
    sums: dict[str, list[int]] = {}
    for answer in found.answers:
        if answer.read or answer.write_5m or answer.write_1h:
            own = sums.setdefault(key(answer), [0, 0, 0])
            rates = found.rates.get(answer.price_key or 0)
            if rates is None:
                own[2] += answer.cached
            else:
                own[0] += caching.saved_nanos(answer, rates)
                own[1] += caching.surcharge_nanos(answer, rates)
    parts = {name: [Kept(saved, more, unpriced_tokens=none)] for name, (saved, more, none) in sums.items()}
    for unread in found.unread:
        rates = found.rates.get(unread.answer.price_key or 0)
        nanos = caching.written_nanos(unread, rates) if rates else 0
        tokens = unread.tokens_5m + unread.tokens_1h
        parts[key(unread.answer)].append(Kept(unread_tokens=tokens, unread_nanos=nanos))
    for pause in found.pauses:
        parts[key(pause.after)].append(_of_pause(pause, found.rates.get(pause.after.price_key or 0)))
    return {name: whole(several) for name, several in parts.items()}


def whole(parts: Iterable[Kept]) -> Kept:
    """All of them together."""
    return Kept(*map(sum, zip(Kept(), *parts, strict=True)))


def _of_pause(pause: Pause, rates: Rates | None) -> Kept:
    tokens = pause.tokens_5m + pause.tokens_1h
    nanos = caching.waited_nanos(pause, rates) if rates else 0
    if pause.life_s == HOUR_S:
        return Kept(pauses_1h=1, pauses_1h_tokens=tokens, pauses_1h_nanos=nanos)
    return Kept(pauses_5m=1, pauses_5m_tokens=tokens, pauses_5m_nanos=nanos)


def _asked(scope: Scope) -> Callable[[Answer], bool]:
    day = day_of(scope)
    is_ranged = scope.since is not None or scope.until is not None

    def is_asked(answer: Answer) -> bool:
        return (
            (scope.models is None or answer.model in scope.models)
            and (scope.branch is None or answer.branch == scope.branch)
            and (not is_ranged or is_within(scope, day(answer.at)))
        )

    return is_asked
