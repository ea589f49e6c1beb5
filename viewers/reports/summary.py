"""`summary`: all in all. Totals, the largest of each kind, and habits, of the same groups as the other reports."""

import time
from contextlib import closing
from typing import Any

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from store.light import NamedTuple
from viewers.reports.dates import day_after
from viewers.reports.flags import Asked
from viewers.reports.report import KINDS, Card, cards_of, ordered, plan_of, say_nothing
from viewers.reports.report_csv import sum_names, sums
from viewers.reports.report_table import budget_lines
from viewers.reports.scope import Scope, narrowed, scope_of
from viewers.reports.usage import Group, Used, all_models, groups, total
from viewers.reports.usage_table import Line, Look, short_names, table
from viewers.reports.zone import today
from viewers.screen import csv_text, format, output, terminal
from viewers.screen.csv_text import Value
from viewers.screen.money import amount, worth
from viewers.screen.table import Column
from viewers.screen.text import short_path
from viewers.trouble import tell

TOP = 5
UNKNOWN = "unknown"


class Summary(NamedTuple):
    """All in all."""

    days: list[Group]
    models: list[Group]
    projects: list[Group]
    sessions: list[Group]
    sessions_in_all: int
    cards: dict[str, Card]
    date: str

    @property
    def used(self) -> Used:
        return total([day.used for day in self.days])


def run(asked: Asked) -> int:
    """Show the summary of the range."""
    found, scope = tell_of(asked, time.time())
    if asked.as_json:
        output.print_json(document(found, scope, has_cost=not asked.no_cost))
    elif asked.as_csv:
        csv_text.show(*records(found, has_cost=not asked.no_cost))
    elif found.days:
        show(found, scope, Look(asked.compact, not asked.no_cost, plan_of(homes.locate())))
    return 0


def tell_of(asked: Asked, now_s: float) -> tuple[Summary, Scope]:
    """Ask the database: all of the range, and the scope as it was understood."""
    scope = scope_of(asked, now_s)
    home = homes.locate()
    found = Summary([], [], [], [], 0, {}, today(scope.zone, now_s))
    try:
        with closing(open_reader(home)) as reader:
            scope = narrowed(scope, asked, reader)
            order = "tokens" if asked.no_cost else "cost"
            tops: dict[str, list[Group]] = {}
            every: list[Group] = []
            days = groups(reader, scope, "day")
            for name in ("model", "project", "session"):
                every = groups(reader, scope, name)
                tops[name] = ordered(KINDS[name], every, order, TOP)[0]
            cards = cards_of(reader, tops["session"])
            found = found._replace(
                days=days, models=tops["model"], projects=tops["project"], sessions=tops["session"],
                sessions_in_all=len(every), cards=cards,
            )  # fmt: skip
    except NoDatabaseYet as nothing:
        tell(nothing)
    else:
        if not found.days:
            say_nothing(scope)
    return found, scope


def streaks(days: list[str], date: str) -> tuple[int, int]:
    """How many days in a row there was something: up to today or yesterday, and the most ever."""
    longest = length = 0
    last = ""
    for day in sorted(days):
        length = length + 1 if last and day_after(last, 1) == day else 1
        longest, last = max(longest, length), day
    return (length if last in (date, day_after(date, -1)) else 0), longest


def hit_ratio(used: Used) -> float | None:
    """The part of all input that was read from a cache."""
    whole = used.cache_read_tokens + used.cache_write_tokens + used.input_tokens
    return used.cache_read_tokens / whole if whole else None


def document(found: Summary, scope: Scope, *, has_cost: bool = True) -> dict[str, Any]:
    """For programs."""
    known = [day for day in found.days if day.key != UNKNOWN]
    current, longest = streaks([day.key for day in known], found.date)
    busiest = _busiest(known, has_cost)
    ratio = hit_ratio(found.used)
    return {
        "schemaVersion": 1,
        "summary": {
            "firstDay": known[0].key if known else None,
            "lastDay": known[-1].key if known else None,
            "activeDays": len(known),
            "currentStreak": current,
            "longestStreak": longest,
            "busiestDay": {"date": busiest.key, **_sums(busiest.used, has_cost)} if busiest else None,
            "cacheHitRatio": None if ratio is None else round(ratio, 4),
            "sessions": found.sessions_in_all,
            "agents": sorted({agent for day in found.days for agent in day.agents}),
        },
        "topModels": [{"model": group.key, **_sums(group.used, has_cost)} for group in found.models],
        "topProjects": [{"project": group.key, **_sums(group.used, has_cost)} for group in found.projects],
        "topSessions": [_session(found.cards[group.key]) | _sums(group.used, has_cost) for group in found.sessions],
        "totals": _sums(found.used, has_cost),
        "timezone": scope.zone.name,
        "since": scope.since,
        "until": scope.until,
        "mode": scope.mode,
    }


def _session(card: Card) -> dict[str, Any]:
    return {"sessionId": card.session_id, "agent": card.agent, "projectPath": card.project, "title": card.title}


def _sums(used: Used, has_cost: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "inputTokens": used.input_tokens,
        "outputTokens": used.output_tokens,
        "cacheCreationTokens": used.cache_write_tokens,
        "cacheReadTokens": used.cache_read_tokens,
        "totalTokens": used.total_tokens,
        "responses": used.responses,
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "subagentTokens": used.subagent_tokens,
    }
    if has_cost:
        has_amount = used.usd_nanos or not used.unpriced_tokens
        shown |= {
            "totalCost": amount(used.usd_nanos) if has_amount else None,
            "unpricedTokens": used.unpriced_tokens,
        }
    return shown


def _busiest(known: list[Group], has_cost: bool) -> Group | None:
    return max(
        known, key=lambda day: ((day.used.usd_nanos if has_cost else 0), day.used.total_tokens, day.key), default=None
    )


def records(found: Summary, *, has_cost: bool) -> tuple[list[str], list[list[Value]]]:
    """For CSV: the names, and the values under them."""
    rows = [("total", "", found.used)]
    rows += [(what, group.key, group.used) for what, top in _tops(found) for group in top if what != "session"]
    rows += [("session", found.cards[group.key].session_id, group.used) for group in found.sessions]
    return ["kind", "name", *sum_names(has_cost)], [[what, name, *sums(used, has_cost)] for what, name, used in rows]


def _tops(found: Summary) -> list[tuple[str, list[Group]]]:
    return [("model", found.models), ("project", found.projects), ("session", found.sessions)]


def show(found: Summary, scope: Scope, look: Look) -> None:
    """For people: a few facts, then the largest of each kind."""
    told = document(found, scope, has_cost=look.has_cost)["summary"]
    used = found.used
    ratio = hit_ratio(used)
    busiest = told["busiestDay"]
    facts = {
        "Tokens": format.at_least(format.tokens(used.total_tokens), used.lower_bounds),
        ("API value" if look.plan else "Cost"): worth(used) if look.has_cost else "",
        "Days": f"{told['activeDays']} from {told['firstDay']} to {told['lastDay']}" if told["firstDay"] else "",
        "Streak": f"{format.things(told['currentStreak'], 'day')} now, {told['longestStreak']} at most",
        "Busiest": f"{busiest['date']}: {format.tokens(busiest['totalTokens'])} tokens" if busiest else "",
        "Cache": f"{ratio:.1%} of the input was read from it" if ratio is not None else "",
        "Subagents": f"{used.subagent_tokens / used.total_tokens:.0%} of the tokens" if used.total_tokens else "",
        "Telemetry": f"{format.tokens(used.telemetry_only_tokens)} of the tokens are seen by nothing else"
        if used.telemetry_only_tokens
        else "",
        "Answers": f"{format.count(used.responses)} in {format.things(found.sessions_in_all, 'session')}",
    }
    models = all_models(found.days)
    names = short_names(list(models))
    unpriced = {names[model]: each.unpriced_tokens for model, each in models.items() if each.unpriced_tokens}
    shown = [f"{title:<11}{text}" for title, text in facts.items() if text]
    for what, top in _tops(found):
        sums = [Line((_name(what, group, found, names),), group.used) for group in top]
        column = Column(f"Top {what}s", least=14, keeps_end=what == "project")
        shown += ["", *table((column,), sums, look, unpriced if what == "session" else {}, has_notes=what == "session")]
    budgets = budget_lines(scope) if look.has_cost else []
    terminal.show(f"All in all in {scope.zone.name}", "", *shown, *budgets)


def _name(what: str, group: Group, found: Summary, names: dict[str, str]) -> str:
    if what == "model":
        return names[group.key]
    if what == "project":
        return short_path(group.key)
    card = found.cards[group.key]
    return f"{card.session_id[:8]} {card.title or short_path(card.project or '')}".rstrip()
