"""The fleet: who waits for you, who works, what it costs now, how full the plans are."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from viewers.panels import fleet_read, timeline_read
from viewers.panels.day import CONTEXTS, LIMITS, WAITING
from viewers.panels.fleet import LATELY_S, NANOS, Look, arranged, share
from viewers.panels.fleet_read import Fleet, One
from viewers.panels.gauges import HIGH, HIGHEST, RED
from viewers.panels.moments import instant, midnight
from viewers.panels.plans import Limit, daily
from viewers.panels.words import folder
from viewers.web import drawing, lanes
from viewers.web.page import Asked, Page

HOURS = 24
RULES = {0: WAITING, 2: CONTEXTS}
"""By its place, which alerts say the same as a row."""
AMBER_END = RED / 100


def read(asked: Asked) -> Mapping[str, Any]:
    """The same answer that the terminal app draws."""
    is_all = asked.query.get("show") == "all"
    memory: fleet_read.Memory = asked.memory.setdefault("fleet", fleet_read.Memory())
    found = fleet_read.fleet(asked.reader, memory, asked.now_s, is_all=is_all)
    sessions = arranged(found, Look(needle=asked.query.get("q", ""), is_all=is_all))
    kept: timeline_read.Memory = asked.memory.setdefault("ran", timeline_read.Memory())
    ran = timeline_read.read(asked.reader, kept, 0, 0.0, lanes.until(asked.now_s))
    hours, bound = by_hour(found, asked.now_s), daily(found.plans)
    return {
        "fleet": found, "sessions": sessions, "is_all": is_all, "needle": asked.query.get("q", ""),
        "usd": sum(quarter.usd or 0.0 for quarter in found.today),
        "is_least": any(quarter.lower_bounds or quarter.unpriced_tokens for quarter in found.today),
        "rate": rates(found)[0], "tokens_rate": rates(found)[1],
        "hours": drawing.columns(hours), "hour": time.localtime(asked.now_s).tm_hour,
        "states": {name: sum(one.now.state == name for one in found.sessions)
                   for name in ("working", "waiting", "your_turn", "failed")},
        "agents": sum(one.card.agents_open for one in found.sessions if one.card and one.now.state == "working"),
        "budget": (bound.spent / NANOS, bound.limit / NANOS) if bound is not None else None,
        "attention": attention(found, asked.now_s), "passed": passed(asked.now_s), "lanes": lanes.drawn(ran),
    }  # fmt: skip


def rates(found: Fleet) -> tuple[float, int]:
    """Dollars and tokens a minute, of the sessions that are at it."""
    cards = [one.card for one in found.sessions if one.card and one.now.state in ("working", "waiting")]
    minutes = LATELY_S / 60
    nanos = sum(card.lately_nanos or 0 for card in cards)
    return nanos / NANOS / minutes, int(sum(card.lately_tokens or 0 for card in cards) / minutes)


def by_hour(found: Fleet, now_s: float) -> list[float]:
    """Dollars of each hour of today."""
    hours, begin = [0.0] * HOURS, midnight(now_s)
    for quarter in found.today:
        hour = int(((instant(quarter.at) or begin) - begin) // 3600)
        if 0 <= hour < HOURS:
            hours[hour] += quarter.usd or 0.0
    return hours


def passed(now_s: float) -> Any:
    """How much of the window of a limit is over, in percent."""

    def share_of(limit: Limit) -> float | None:
        resets = instant(limit.resets_at)
        if resets is None or not limit.window_minutes or resets <= now_s:
            return None
        return min(max(100 - (resets - now_s) / (limit.window_minutes * 60) * 100, 0.0), 100.0)

    return share_of


class Need(NamedTuple):
    """Something that needs a person."""

    place: int
    dot: str
    words: str
    detail: str | None = None
    at: str | None = None
    session: str | None = None
    left: int | None = None
    window: int | None = None
    tokens: int | None = None


def attention(found: Fleet, now_s: float) -> list[Need]:
    """What needs a person, the most urgent first. What a session's own row says no alert says again."""
    rows = [need for one in found.sessions for need in _of_session(one)]
    for limit in found.limits:
        resets = instant(limit.resets_at)
        subject = f"{limit.agent} {limit.account} {limit.limit_id} {limit.span}"
        is_told = any(one.rule in LIMITS and one.subject == subject for one in found.alerts)
        if limit.used_percent >= HIGH and (resets is None or resets > now_s) and not is_told:
            dot = "bad" if limit.used_percent >= HIGHEST else "warnd"
            words = f"{limit.agent} {limit.title} limit at {int(limit.used_percent)}%"
            rows.append(Need(3, dot, words, at=limit.seen_until))
    told = {(rule, row.session) for row in rows for rule in RULES.get(row.place, ())}
    alerts = [one for one in found.alerts if (one.rule, one.session_id) not in told or one.session_id is None]
    rows += [Need(2, "warnd", one.text, one.detail, one.first_at, one.session_id) for one in alerts]
    rows += [Need(4, "warnd", f"{name} has no price", tokens=tokens) for name, tokens in found.unpriced]
    return sorted(rows, key=lambda row: row.place)


def _of_session(one: One) -> Iterator[Need]:
    now, name, part = one.now, folder(one.now.project), share(one.card)
    if now.state == "waiting":
        what = "your permission" if "permission" in (now.what or "") else "you"
        yield Need(0, "wait", f"{name} waits for {what}", now.what, now.since, now.session_id)
    if now.state == "failed":
        yield Need(1, "bad", f"{name} failed", now.what, now.since, now.session_id)
    if part is not None and part >= AMBER_END and one.card and now.state in ("working", "waiting", "your_turn"):
        words = f"{name} is close to auto-compact"
        yield Need(
            2, "bad", words, session=now.session_id, left=one.card.headroom_tokens, window=one.card.window_tokens
        )


PAGE = Page("fleet", "Fleet", "/", read, ("today", "sessions", "attention", "limits", "lanes"), icon="fleet")
