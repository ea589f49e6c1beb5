"""Beside the sessions: the money of today, plan limits with their countdown, and what needs attention."""

from viewers.panels.fleet import LATELY_S, NANOS, share
from viewers.panels.fleet_read import Fleet, Limit, One
from viewers.panels.gauges import HIGH, HIGHEST, bar, limit_style, spark
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, one
from viewers.panels.moments import instant
from viewers.panels.words import folder, model, money
from viewers.screen import format
from viewers.screen.text import clean

QUARTER_S = 900
SPARK = 12
STALE_S = 900


def today(fleet: Fleet, columns: int, now_s: float, budget: float | None = None) -> Line:
    """The strip above the sessions."""
    usd = sum(quarter.usd or 0.0 for quarter in fleet.today)
    is_least = any(quarter.lower_bounds or quarter.unpriced_tokens for quarter in fleet.today)
    parts: list[Ink] = [("Today ", "muted"), (money(usd, is_least=is_least, is_total=True), "bold")]
    if budget:
        parts += [(f" of {money(budget, is_total=True)} ", "muted")]
        parts += bar(usd / budget, 10 if columns < 100 else 20, limit_style(usd / budget * 100))
    live = [one for one in fleet.sessions if one.card and one.now.state in ("working", "waiting")]
    rate = sum((one.card.lately_nanos or 0) for one in live if one.card) / NANOS / (LATELY_S / 60)
    tokens = sum((one.card.lately_tokens or 0) for one in live if one.card) // (LATELY_S // 60)
    if rate >= 0.005:
        parts.append((f"   {money(rate)}/min", ""))
    if columns >= 100:
        if tokens:
            parts.append((f"   {format.tokens(tokens)} tok/min", "muted"))
        parts += [("   ", ""), spark(_history(fleet, now_s))]
    working = sum(one.now.state == "working" for one in fleet.sessions)
    waiting = sum(one.now.state == "waiting" for one in fleet.sessions)
    parts += [(f"   {working} running", ""), ("  ", "")]
    parts.append((f"◆ {waiting} waiting", "warn") if waiting else ("none waits", "muted"))
    return tuple(parts)


def _history(fleet: Fleet, now_s: float) -> list[float]:
    """The last hours by the quarter."""
    known = {instant(quarter.at): quarter.usd or 0.0 for quarter in fleet.today}
    last = now_s // QUARTER_S * QUARTER_S
    return [known.get(last - QUARTER_S * back, 0.0) for back in range(SPARK - 1, -1, -1)]


def limits(fleet: Fleet, columns: int, now_s: float) -> Panel:
    """Plan limits: how full each is, and when it begins anew."""
    rows = tuple(
        one(f"{limit.agent} {limit.account} {limit.limit_id} {limit.span}", *_limit(limit, fleet, columns, now_s))
        for limit in fleet.limits
    )
    seen = [moment for limit in fleet.limits if (moment := instant(limit.seen_until)) is not None]
    fact = f"{format.lasting(now_s - max(seen))} ago" if seen else ""
    is_stale = bool(seen) and now_s - max(seen) > STALE_S
    return Panel("Plan limits", rows, fact, "warn" if is_stale else "muted", "not read yet")


def _limit(limit: Limit, fleet: Fleet, columns: int, now_s: float) -> Line:
    resets = instant(limit.resets_at)
    is_over = resets is not None and resets <= now_s
    percent = 0.0 if is_over else limit.used_percent
    left = "" if resets is None else "new" if is_over else format.lasting(resets - now_s)
    room = max(columns - 32, 5)
    right: Line = (
        *bar(percent / 100, room, limit_style(percent)),
        cell(f"{percent:.0f}%", 5, limit_style(percent) if percent >= HIGH else "", is_right=True),
        cell(left, 7, "muted", is_right=True),
    )
    several = len({(other.agent, other.account) for other in fleet.limits if other.agent == limit.agent}) > 1
    who = f"{limit.agent} {limit.account} " if several else f"{limit.agent} "
    return apart((cell(who + span(limit), columns - room - 13),), right, columns)


def span(limit: Limit) -> str:
    """The window of a limit as people call it."""
    minutes = limit.window_minutes
    if not minutes:
        return limit.span.replace("_", " ")
    if minutes % 1440 == 0:
        return "weekly" if minutes == 10_080 else f"{minutes // 1440}-day"
    return f"{minutes // 60}-hour" if minutes % 60 == 0 else f"{minutes}-minute"


def attention(fleet: Fleet, columns: int, now_s: float) -> Panel:
    """What needs a person, the most urgent first."""
    rows = [row for one in fleet.sessions for row in _of_session(one, columns)]
    rows.sort(key=lambda row: row.key)
    for limit in fleet.limits:
        resets = instant(limit.resets_at)
        if limit.used_percent >= HIGH and (resets is None or resets > now_s):
            mark, style = ("■", "bad") if limit.used_percent >= HIGHEST else ("▲", "warn")
            words = f"{limit.agent} {span(limit)} at {limit.used_percent:.0f}%"
            rows.append(Row(f"3 {words}", (((f"{mark} ", style), cell(words, columns - 2)),)))
    for name, tokens in fleet.unpriced:
        first: Line = (("▲ ", "warn"), cell(f"{model(name)} has no price", columns - 2))
        second: Line = (("  ", ""), cell(f"{format.tokens(tokens)} tokens, totals show ≥", columns - 2, "muted"))
        rows.append(Row(f"4 {name}", (first, second)))
    return Panel("Needs attention", tuple(rows), str(len(rows)) if rows else "", empty="nothing")


def _of_session(one: One, columns: int) -> list[Row]:
    name, found = folder(one.now.project), list[Row]()
    if one.now.state == "waiting":
        what = "permission" if "permission" in (one.now.what or "") else "you"
        found.append(Row(f"0 {one.now.key}", ((("◆ ", "warn"), cell(f"{name} waits for {what}", columns - 2)),)))
    if one.now.state == "failed":
        found.append(Row(f"1 {one.now.key}", ((("✗ ", "bad"), cell(f"{name} failed", columns - 2)),)))
    part = share(one.card)
    if part is not None and part >= 0.85 and one.card and one.now.state in ("working", "waiting", "your_turn"):
        words = f"{name} {format.tokens(one.card.headroom_tokens or 0)} to auto-compact"
        found.append(Row(f"2 {one.now.key}", ((("■ ", "bad"), cell(words, columns - 2)),)))
    return found


def headline(words: str, hint: str) -> Line:
    """What is wrong, and what to do."""
    return ((clean(words), "bad"), (f"  {clean(hint)}" if hint else "", "muted"))
