"""Beside the sessions: the money of today, plan limits with their countdown, and what needs attention."""

from viewers.panels.fleet import LATELY_S, NANOS, share
from viewers.panels.fleet_read import Fleet, One
from viewers.panels.gauges import HIGH, HIGHEST, bar, limit_style, spark
from viewers.panels.ink import Line, Panel, Row, apart, cell, length, one
from viewers.panels.moments import instant, when
from viewers.panels.plans import Alert, Limit, daily, tightest
from viewers.panels.words import folder, model, money
from viewers.reports.budgets import percent
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean, width, wrapped

QUARTER_S = 900
SPARK = 12
STALE_S = 900
WAITING, CONTEXTS, LIMITS = ("waiting",), ("context", "auto_compact"), ("limit", "limit_full")
"""The rules whose alerts say what is also seen here."""


def today(fleet: Fleet, columns: int, now_s: float) -> Line:
    """The strip above the sessions: what does not fit is left out from the least important on."""
    parts = _strip(fleet, columns, now_s)
    kept: set[int] = set()
    for at in sorted(range(len(parts)), key=lambda at: parts[at][0]):
        if length(ink for other in (*kept, at) for ink in parts[other][1]) <= columns:
            kept.add(at)
    return tuple(ink for at in sorted(kept) for ink in parts[at][1])


def _strip(fleet: Fleet, columns: int, now_s: float) -> list[tuple[int, Line]]:
    """Its parts in their order, each with its rank."""
    usd = sum(quarter.usd or 0.0 for quarter in fleet.today)
    is_least = any(quarter.lower_bounds or quarter.unpriced_tokens for quarter in fleet.today)
    parts: list[tuple[int, Line]] = [(0, (("Today ", "muted"), (money(usd, is_least=is_least, is_total=True), "bold")))]
    bound, tight = daily(fleet.plans), tightest(fleet.plans)
    if bound is not None:
        share, style = bound.share, limit_style(bound.share * 100)
        gauge = bar(share, 10 if columns < 100 else 20, style)
        parts.append((2, ((f" of {money(bound.limit / NANOS, is_total=True)} ", "muted"), *gauge)))
    if tight is not None and tight[1] is not bound:
        own, other = tight
        style = limit_style(other.share * 100)
        name = "budget " + cell(own.budget.name, min(len(own.budget.name), 16))[0].strip()
        parts.append((4, ((f"   {name} ", "muted"), (percent(other), "" if style == "accent" else style))))
    live = [one for one in fleet.sessions if one.card and one.now.state in ("working", "waiting")]
    rate = sum((one.card.lately_nanos or 0) for one in live if one.card) / NANOS / (LATELY_S / 60)
    tokens = sum((one.card.lately_tokens or 0) for one in live if one.card) // (LATELY_S // 60)
    if rate >= 0.005:
        parts.append((5, ((f"   {money(rate)}/min", ""),)))
    if columns >= 100:
        if tokens:
            parts.append((7, ((f"   {format.tokens(tokens)} tok/min", "muted"),)))
        parts.append((6, (("   ", ""), spark(_history(fleet, now_s)))))
    working = sum(one.now.state == "working" for one in fleet.sessions)
    waiting = sum(one.now.state == "waiting" for one in fleet.sessions)
    parts.append((3, ((f"   {working} running", ""),)))
    parts.append((1, ((f"  ◆ {waiting} waiting", "warn") if waiting else ("  none waits", "muted"),)))
    if fleet.alerts:
        parts.append((1, ((f"  ▲ {format.things(len(fleet.alerts), 'alert')}", "warn"),)))
    return parts


def _history(fleet: Fleet, now_s: float) -> list[float]:
    """The last hours by the quarter."""
    known = {instant(quarter.at): quarter.usd or 0.0 for quarter in fleet.today}
    last = now_s // QUARTER_S * QUARTER_S
    return [known.get(last - QUARTER_S * back, 0.0) for back in range(SPARK - 1, -1, -1)]


def limits(found: tuple[Limit, ...], columns: int, now_s: float) -> Panel:
    """Plan limits: how full each is, when it begins anew, and which of them will not last until then."""
    rows = [
        one(f"{limit.agent} {limit.account} {limit.limit_id} {limit.span}", *_limit(limit, found, columns, now_s))
        for limit in found
    ]
    for limit in found:
        if limit.full_at is not None and (instant(limit.full_at) or 0.0) > now_s:
            words = f"{limit.agent} {limit.title} full {when(limit.full_at, now_s)}"
            rows.append(one(f"full {words}", cell(words, columns, "warn")))
    seen = [moment for limit in found if (moment := instant(limit.seen_until)) is not None]
    fact = f"{format.lasting(now_s - max(seen))} ago" if seen else ""
    is_stale = bool(seen) and now_s - max(seen) > STALE_S
    return Panel("Plan limits", tuple(rows), fact, "warn" if is_stale else "muted", "not read yet")


def _limit(limit: Limit, found: tuple[Limit, ...], columns: int, now_s: float) -> Line:
    resets = instant(limit.resets_at)
    is_over = resets is not None and resets <= now_s
    left = "" if resets is None else "anew" if is_over else format.lasting(resets - now_s)
    room = max(columns - 32, 5)
    style = limit_style(limit.used_percent)
    right: Line = (
        *bar(0.0 if is_over else limit.used_percent / 100, room, style),
        cell("?" if is_over else f"{int(limit.used_percent)}%", 5, "" if style == "accent" else style, is_right=True),
        cell(left, 7, "muted", is_right=True),
    )
    several = len({(other.agent, other.account) for other in found if other.agent == limit.agent}) > 1
    who = f"{limit.agent} {limit.account} " if several else f"{limit.agent} "
    return apart((cell(who + limit.title, columns - room - 13),), right, columns)


def attention(fleet: Fleet, columns: int, now_s: float, *, is_whole: bool = False) -> Panel:
    """What needs a person, the most urgent first; alerts in one line, or whole. What an alert says is said once."""
    said = {(alert.rule, alert.session_id or alert.subject) for alert in fleet.alerts}
    rows = [row for one in fleet.sessions for row in _of_session(one, columns, said)]
    rows += [_alert(alert, columns, now_s, is_whole) for alert in fleet.alerts]
    rows.sort(key=lambda row: row.key[:1])
    for limit in fleet.limits:
        resets = instant(limit.resets_at)
        subject = f"{limit.agent} {limit.account} {limit.limit_id} {limit.span}"
        if limit.used_percent >= HIGH and (resets is None or resets > now_s) and not _is_said(said, LIMITS, subject):
            mark, style = ("■", "bad") if limit.used_percent >= HIGHEST else ("▲", "warn")
            words = f"{limit.agent} {limit.title} at {int(limit.used_percent)}%"
            rows.append(Row(f"3 {words}", (((f"{mark} ", style), cell(words, columns - 2)),)))
    for name, tokens in fleet.unpriced:
        first: Line = (("▲ ", "warn"), cell(f"{model(name)} has no price", columns - 2))
        second: Line = (("  ", ""), cell(f"{format.tokens(tokens)} tokens, totals show ≥", columns - 2, "muted"))
        rows.append(Row(f"4 {name}", (first, second)))
    return Panel("Needs attention", tuple(rows), str(len(rows)) if rows else "", empty="nothing")


def _is_said(said: set[tuple[str, str]], rules: tuple[str, ...], subject: str) -> bool:
    return any((rule, subject) in said for rule in rules)


def _alert(alert: Alert, columns: int, now_s: float, is_whole: bool) -> Row:
    words, age = hide(alert.text), format.lasting(now_s - (instant(alert.first_at) or now_s))
    head = apart(((f"▲ {clean(words)}", "warn"),), ((age, "muted"),), columns)
    key = f"{0 if alert.rule in WAITING else 2} alert {alert.alert_id}"
    if not is_whole:
        return Row(key, (head,))
    said = " ".join(filter(None, (hide(alert.text), hide(alert.detail or ""))))
    lines = wrapped(clean(said), columns - 2)
    first = apart(((f"▲ {lines[0]}", "warn"),), ((age, "muted"),) if width(lines[0]) < columns - 10 else (), columns)
    return Row(key, (first, *(((f"  {line}", "muted"),) for line in lines[1:])))


def _of_session(one: One, columns: int, said: set[tuple[str, str]]) -> list[Row]:
    name, found = folder(one.now.project), list[Row]()
    if one.now.state == "waiting" and not _is_said(said, WAITING, one.now.session_id):
        what = "permission" if "permission" in (one.now.what or "") else "you"
        found.append(Row(f"0 {one.now.key}", ((("◆ ", "warn"), cell(f"{name} waits for {what}", columns - 2)),)))
    if one.now.state == "failed":
        found.append(Row(f"1 {one.now.key}", ((("✗ ", "bad"), cell(f"{name} failed", columns - 2)),)))
    part = share(one.card)
    is_said = _is_said(said, CONTEXTS, one.now.session_id)
    if (
        not is_said
        and part is not None
        and part >= 0.85
        and one.card
        and one.now.state in ("working", "waiting", "your_turn")
    ):
        words = f"{name} {format.tokens(one.card.headroom_tokens or 0)} to auto-compact"
        found.append(Row(f"2 {one.now.key}", ((("■ ", "bad"), cell(words, columns - 2)),)))
    return found
