"""How everything stands that there may be an alert for, in the words of a message. What is recorded is only read."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from collector.alerting.alert_judge import RECENT_S
from collector.lines.when import from_unix_ms, seconds
from store import alert_rows as rows
from store import spent
from store.alert_rows import About, ask
from store.alerts import Reading
from store.budget_config import Budget

LIVELY_S = 2 * RECENT_S
LIMITS_S = 14 * 86_400.0
CALLS = 20
HALF = 0.5
"""A context that was compacted at less than this part of the window had another window."""
SPIKE_NANOS, SPIKE_DAYS = 5 * 10**9, 3
"""Below this a day is no spike; and with fewer days before it that cost anything, nobody knows what is usual."""
WHOSE = {"day": "today's", "week": "this week's", "month": "this month's"}
SPANS = {300: "5-hour", 10_080: "weekly"}


def of_sessions(connection: sqlite3.Connection, now_s: float) -> list[Reading]:
    """What sessions do, or hold."""
    lively = rows.lively(connection, _text(now_s - LIVELY_S))
    if not lively:
        return []
    about = rows.abouts(connection, lively)
    found = [
        *_waiting(connection, lively, about, now_s),
        *_contexts(connection, lively, about, now_s),
        *_turns(connection, lively, about, now_s),
        *_failures(connection, lively, about, now_s),
    ]
    return found


def of_accounts(connection: sqlite3.Connection, budgets: Iterable[Budget], now_s: float) -> list[Reading]:
    """What of plans, budgets and the usual is spent."""
    readings = [*_limits(connection, now_s), *_budgets(connection, budgets, now_s)]
    return [*readings, *_spike(connection, now_s)]


def _waiting(
    connection: sqlite3.Connection, lively: list[int], about: dict[int, About], now_s: float
) -> Iterator[Reading]:
    for key, since, what in ask(connection, rows.WAITING, lively):
        since_s = seconds(since)
        text = f"waits for you since {_clock(since_s)}"
        yield _reading("waiting", about[key], max(0.0, now_s - since_s), since_s, text, what, grows=True)


def _contexts(
    connection: sqlite3.Connection, lively: list[int], about: dict[int, About], now_s: float
) -> Iterator[Reading]:
    found = ask(connection, rows.CONTEXTS, lively, since=_text(now_s - RECENT_S))
    compacted = ask(connection, rows.COMPACTED) if found else []
    for key, account, used, window, at in found:
        since_s, share = seconds(at), used / window * 100
        until_s = since_s + RECENT_S
        text = f"context {share:.0f} % full ({_tokens(used)} of {_tokens(window)} tokens)"
        yield _reading("context", about[key], share, since_s, text, until_s=until_s)
        sizes = [tokens for owner, tokens in compacted if owner == account and window * HALF <= tokens <= window]
        line = min(sizes[:5], default=window)
        near = f"context is at {_tokens(used)} tokens; it is compacted at about {_tokens(line)}"
        yield _reading("auto_compact", about[key], used / line * 100, since_s, near, until_s=until_s)


def _turns(
    connection: sqlite3.Connection, lively: list[int], about: dict[int, About], now_s: float
) -> Iterator[Reading]:
    for key, at, duration_ms in ask(connection, rows.TURNS, lively, since=_text(now_s - RECENT_S)):
        minutes, at_s = duration_ms / 60_000, seconds(at)
        text = f"a turn of {minutes:.0f} min has ended"
        yield _reading("long_turn", about[key], minutes, at_s, text, until_s=at_s + RECENT_S)


def _failures(
    connection: sqlite3.Connection, lively: list[int], about: dict[int, About], now_s: float
) -> Iterator[Reading]:
    """The worst thread of each session."""
    calls = ask(connection, rows.CALLS, lively, since=_text(now_s - RECENT_S), most=CALLS)
    for key, of_session in groupby(calls, lambda call: call[0]):
        failed = max((_failed(run) for _, run in groupby(of_session, lambda call: call[1])), key=len)
        if failed:
            *_, tool, target, at = failed[0]
            text = f"{len(failed)} calls of tools failed in a row"
            detail, at_s = f"{tool} {target}".strip(), seconds(at)
            yield _reading("tool_failures", about[key], len(failed), at_s, text, detail, until_s=at_s + RECENT_S)


def _failed(calls: Iterable[Any]) -> list[Any]:
    """The newest calls, as far back as they failed."""
    failed: list[Any] = []
    for call in calls:
        if call[2] != "error":
            break
        failed.append(call)
    return failed


def _limits(connection: sqlite3.Connection, now_s: float) -> Iterator[Reading]:
    for agent, account, limit, span, at, used, minutes, resets_at in ask(
        connection, rows.LIMITS, since=_text(now_s - LIMITS_S)
    ):
        since_s = seconds(at)
        resets_s = seconds(resets_at) or since_s + (minutes or 300) * 60
        name = SPANS.get(minutes or 0, f"{limit} {span}")
        text = f"{account}: {used:.0f} % of the {name} limit used, it begins anew at {_clock(resets_s, now_s)}"
        for rule in ("limit", "limit_full"):
            yield Reading(rule, f"{agent} {account} {limit} {span}", used, since_s, text, "", agent, account,
                          until_s=resets_s)  # fmt: skip


def _budgets(connection: sqlite3.Connection, budgets: Iterable[Budget], now_s: float) -> Iterator[Reading]:
    for budget in budgets:
        so_far = spent.of_budget(connection, budget, now_s)
        since_s = spent.began(budget.per, now_s)
        for kind, own, limit in (("usd", so_far.usd_nanos, budget.usd_nanos), ("tokens", so_far.tokens, budget.tokens)):
            if limit is None:
                continue
            share = own / limit * 100
            what = (
                f"${own / 1e9:,.2f} of ${limit / 1e9:,.2f}"
                if kind == "usd"
                else f"{_tokens(own)} of {_tokens(limit)} tokens"
            )
            text = f"budget {budget.name}: {int(share)} % of {WHOSE[budget.per]} is spent ({what})"
            for rule in ("budget", "budget_full"):
                # A budget is news whenever it is crossed; what a period came to that is over is not asked.
                subject = f"{budget.name} {kind} {_day(since_s)}"
                yield Reading(rule, subject, share, now_s, text, until_s=spent.midnight(now_s, 1))


def _spike(connection: sqlite3.Connection, now_s: float) -> Iterator[Reading]:
    days = spent.days(connection, now_s)
    mean = sum(days.before) / len(days.before)
    if days.is_known and days.today >= SPIKE_NANOS and sum(day > 0 for day in days.before) >= SPIKE_DAYS and mean:
        share = days.today / mean * 100
        text = f"today cost ${days.today / 1e9:,.2f} so far, {share / 100:.1f} times a usual day (${mean / 1e9:,.2f})"
        yield Reading("cost_spike", _day(now_s), share, now_s, text, until_s=spent.midnight(now_s, 1))


def _reading(
    rule: str, about: About, level: float, since_s: float, text: str, detail: str = "", **more: Any
) -> Reading:
    name = (about.project or "").rstrip("/").rpartition("/")[2]
    words = f"{name or about.agent} ({about.session_id[:8]}): {text}"
    return Reading(
        rule, f"{about.agent} {about.account} {about.session_id}", level, since_s, words, detail, *about, **more
    )


def _clock(at_s: float, now_s: float | None = None) -> str:
    """The local time, with its day where that is another one than today."""
    is_today = now_s is None or time.localtime(at_s)[:3] == time.localtime(now_s)[:3]
    return time.strftime("%H:%M" if is_today else "%a %d %b %H:%M", time.localtime(at_s))


def _day(at_s: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(at_s))


def _tokens(number: float) -> str:
    return f"{number / 1e6:.2f}M" if number >= 1e6 else f"{number / 1e3:.0f}k"


def _text(at_s: float) -> str:
    return from_unix_ms(max(0.0, at_s) * 1000) or ""
