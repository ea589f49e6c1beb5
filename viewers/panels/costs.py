"""What was spent: a chart of days, weeks or months, and the same sums by model, project and agent, of the reports."""

import sqlite3
from datetime import date, timedelta

from store.light import NamedTuple
from viewers.panels.gauges import STEPS, bar
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, one
from viewers.panels.words import folder, model, model_style, money
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.zone import local, today
from viewers.screen import format

RANGES = (("7 days", 7, "day"), ("30 days", 30, "day"), ("90 days", 90, "week"), ("365 days", 365, "month"))
"""What may be looked at: its name, its days, and what a column of the chart is."""
BYS = ("model", "project", "agent")
NANOS = 1e9
KEEP_S = 2.0


class Costs(NamedTuple):
    """What the reports say of a range."""

    name: str
    since: str
    until: str
    columns: tuple[tuple[str, Used], ...]
    """Of each day, week or month, also of those without usage."""
    parts: tuple[tuple[str, Used], ...]
    """By what was asked for, the dearest first."""
    by: str
    used: Used


class Memory:
    """The last answer: sums of a month need not follow every line."""

    def __init__(self) -> None:
        self.read_s, self.key = 0.0, ("", "")
        self.costs: Costs | None = None


def read(reader: sqlite3.Connection, memory: Memory, which: int, by: str, now_s: float) -> Costs:
    """The calculation of the reports, and no other."""
    name, days, unit = RANGES[which]
    if memory.costs is not None and memory.key == (name, by) and 0 <= now_s - memory.read_s < KEEP_S:
        return memory.costs
    zone = local()
    until = today(zone, now_s)
    since = (date.fromisoformat(until) - timedelta(days - 1)).isoformat()
    scope = Scope(zone, now_s, since=since, until=until)
    found = {group.key: group.used for group in groups(reader, scope, unit)}
    parts = _sums(groups(reader, scope, by), by)
    columns = tuple((key, found.get(key, Used())) for key in _keys(since, until, unit, list(found)))
    memory.key, memory.read_s = (name, by), now_s
    memory.costs = Costs(name, since, until, columns, parts, by, total(list(found.values())))
    return memory.costs


def _keys(since: str, until: str, unit: str, known: list[str]) -> list[str]:
    if unit != "day":
        return sorted(known)
    days = (date.fromisoformat(until) - date.fromisoformat(since)).days
    return [(date.fromisoformat(since) + timedelta(day)).isoformat() for day in range(days + 1)]


def _sums(found: list[Group], by: str) -> tuple[tuple[str, Used], ...]:
    sums: dict[str, list[Used]] = {}
    for group in found:
        sums.setdefault(group.key, []).append(group.used)
    parts = [(key, total(own)) for key, own in sums.items()]
    return tuple(sorted(parts, key=lambda part: (-part[1].usd_nanos, -part[1].total_tokens, part[0])))


def worth(used: Used) -> str:
    """The amount as it stands in reports."""
    if used.unpriced_tokens and not used.usd_nanos:
        return money(None)
    return money(used.usd_nanos / NANOS, is_least=bool(used.lower_bounds or used.unpriced_tokens), is_total=True)


def strip(costs: Costs) -> Line:
    """The range that is shown, by what, and all of it together."""
    inks: list[Ink] = []
    for name, _, _ in RANGES:
        inks.append((f"▐{name}▌" if name == costs.name else f" {name} ", "tab" if name == costs.name else "muted"))
    inks.append(("  by ", "muted"))
    for by in BYS:
        inks.append((f"▐{by}▌" if by == costs.by else f" {by} ", "tab" if by == costs.by else "muted"))
    inks += [("   ", ""), (worth(costs.used), "bold"), (f"  {format.tokens(costs.used.total_tokens)} tokens", "muted")]
    return tuple(inks)


def chart(costs: Costs, columns: int, lines: int) -> Panel:
    """A column for each day, week or month; what has no price is in none of them, and says so."""
    values = [used.usd_nanos / NANOS for _, used in costs.columns]
    most = max(values, default=0.0)
    if not most:
        return Panel("Spend", empty="nothing was spent in this range")
    scale, height = 9, max(lines - 1, 1)
    width = max(min((columns - scale) // max(len(values), 1), 8), 1)
    rows: list[Row] = []
    for level in range(height - 1, -1, -1):
        label = money(most, is_total=True) if level == height - 1 else "$0" if level == 0 else ""
        inks: list[Ink] = [cell(label, scale - 1, "muted", is_right=True), (" ", "")]
        for value in values:
            eighths = round(value / most * height * 8) - level * 8
            sign = STEPS[min(eighths, 8) - 1] if eighths > 0 else " "
            inks.append((sign * max(width - 1, 1) + " " * (width > 1), "accent"))
        rows.append(one(f"level {level}", *inks))
    first, last = costs.columns[0][0], costs.columns[-1][0]
    span = (" " * scale, ""), *apart(((first, "muted"),), ((last, "muted"),), max(width * len(values), 22))
    rows.append(one("days", *span))
    unit = next(unit for name, _, unit in RANGES if name == costs.name)
    fact = f"{format.tokens(costs.used.unpriced_tokens)} tokens unpriced" if costs.used.unpriced_tokens else ""
    return Panel({"day": "Daily", "week": "Weekly"}.get(unit, "Monthly") + " spend", tuple(rows), fact, "warn")


def table(costs: Costs, columns: int) -> Panel:
    """Each part with its share."""
    rows: list[Row] = []
    whole = costs.used.usd_nanos
    for key, used in costs.parts:
        name = folder(key) if costs.by == "project" else model(key) if costs.by == "model" else key
        style = model_style(key) if costs.by == "model" else "accent"
        share = used.usd_nanos / whole if whole else 0.0
        width = max(columns - 58, 5)
        percent = f"{share:.0%}" if used.usd_nanos else ""
        rows.append(
            one(
                key, cell(name, 26, style if costs.by == "model" else ""), *bar(share, width, style),
                cell(percent, 6, "muted", is_right=True),
                cell(format.tokens(used.total_tokens), 11, "muted", is_right=True),
                cell(worth(used), 14, "bold", is_right=True),
            )
        )  # fmt: skip
    return Panel(f"By {costs.by}", tuple(rows), "share · tokens · cost" if rows else "", empty="nothing in this range")
