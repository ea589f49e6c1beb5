"""What is asked of the reports for the screen of costs: a range, narrowed step by step to the prompts of a session."""

import sqlite3
import time
from collections.abc import Iterable
from datetime import date, timedelta

from store.light import Any, NamedTuple
from viewers import query
from viewers.panels import costs_when_read as when_read
from viewers.panels import plans as plan_read
from viewers.panels.costs_when_read import When
from viewers.panels.plans import Plans
from viewers.reports.burn import period_of
from viewers.reports.dates import DAYS as LENGTHS
from viewers.reports.dates import day_after, first_of_last
from viewers.reports.scope import MONDAY, Scope
from viewers.reports.spans import span_of
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.zone import local, today
from viewers.trouble import UsageTrouble

RANGES = (
    ("7 days", 7, "day"), ("30 days", 30, "day"), ("month", 0, "day"), ("90 days", 90, "week"),
    ("365 days", 365, "month"), ("all", None, "month"),
)  # fmt: skip
"""What may be looked at: its name, its days, and what a column of the chart is unless it is said."""
CUSTOM = "custom"
FEW_DAYS, MANY_DAYS = 62, 400
"""A typed range has a column for each day up to so many days, and for each week up to so many."""
UNITS = ("", "day", "week", "month")
BYS = ("model", "project", "agent", "session")
KEEP_S, TIMES = 2.0, 20
"""Sums of months need not follow every line: they hold so long, or so many times as long as they took."""
REST = "rest"
MOST = 300
"""Rows of a table."""


class Ask(NamedTuple):
    """What a person wants to see."""

    range: int = 1
    unit: str = ""
    by: str = "model"
    narrow: tuple[tuple[str, str], ...] = ()
    """The models, projects, agents to which all is narrowed."""
    session: int = 0
    """The session whose prompts are told; 0 is none."""
    span: tuple[str, str] | None = None
    """The first and the last day, where they were typed."""

    @property
    def columns(self) -> str:
        """What a column of the chart is."""
        if self.unit or self.span is None:
            return self.unit or RANGES[self.range][2]
        days = (date.fromisoformat(self.span[1]) - date.fromisoformat(self.span[0])).days
        return "day" if days < FEW_DAYS else "week" if days < MANY_DAYS else "month"

    @property
    def name(self) -> str:
        """The range as it is called."""
        if self.span is None:
            return RANGES[self.range][0]
        return " to ".join(dict.fromkeys(self.span))


class Part(NamedTuple):
    """A row of the table."""

    key: str
    name: str
    used: Used
    at: str | None = None
    agent: str = ""


class Column(NamedTuple):
    """A day, week or month: what was used in it, and of that each part's money."""

    key: str
    used: Used
    stack: tuple[tuple[str, int], ...]


class Costs(NamedTuple):
    """The answer."""

    ask: Ask
    name: str
    since: str
    until: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    more: int
    """Rows that are left out."""
    used: Used
    plans: Plans
    when: When | None = None
    """Only where it is shown."""


class Memory:
    """The last answer, as long as it holds."""

    def __init__(self) -> None:
        self.read_s, self.took_s = 0.0, 0.0
        self.costs: Costs | None = None
        self.plans = plan_read.Memory()
        self.when = when_read.Memory()


def read(reader: sqlite3.Connection, memory: Memory, ask: Ask, now_s: float, *, has_when: bool = False) -> Costs:
    """The calculation of the reports, and no other."""
    held = memory.costs
    keep_s = max(KEEP_S, memory.took_s * TIMES)
    if held is None or held.ask != ask or not 0 <= now_s - memory.read_s < keep_s:
        began = time.monotonic()
        held = memory.costs = _read(reader, memory, ask, now_s)
        memory.read_s, memory.took_s = now_s, time.monotonic() - began
    when = when_read.read(reader, memory.when, scope_of(ask, now_s), now_s) if has_when else None
    return held._replace(plans=plan_read.plans(reader, memory.plans, now_s), when=when)


def _read(reader: sqlite3.Connection, memory: Memory, ask: Ask, now_s: float) -> Costs:
    scope = scope_of(ask, now_s)
    columns, found = _columns(reader, ask, scope)
    parts = _prompts(reader, ask.session) if ask.session else _parts(reader, ask, scope, found)
    plans = plan_read.plans(reader, memory.plans, now_s)
    used = total([column.used for column in columns])
    shown, hidden = tuple(parts[:MOST]), max(len(parts) - MOST, 0)
    return Costs(ask, ask.name, scope.since or "", scope.until or "", columns, shown, hidden, used, plans)


def scope_of(ask: Ask, now_s: float) -> Scope:
    """The question to the reports."""
    zone, days = local(), RANGES[ask.range][1]
    until = today(zone, now_s)
    if ask.span is not None:
        since, until = ask.span
    elif days is None:
        since = None
    else:
        since = day_after(until, 1 - days) if days else period_of("month", until)[0]
    names = {f"{what}s": (name,) for what, name in ask.narrow}
    sessions = (ask.session,) if ask.session else None
    return Scope(zone, now_s, since=since, until=until, sessions=sessions)._replace(**names)


def typed(text: str, now_s: float) -> tuple[str, str]:
    """The days that somebody typed: from and to, a month, a year, last-week, 28d."""
    now = today(local(), now_s)
    words = text.lower().replace(" to ", " ").split()
    range_ = "..".join(words)
    if range_.endswith(".."):
        range_ += now
    if range_[:-1].isdecimal() and range_[-1] in LENGTHS:
        return first_of_last(range_, now), now
    found = span_of(range_, now, MONDAY)
    if found is None:
        raise UsageTrouble(f"{text!r} names no days", hint="2026-11-01 2026-11-07, 2026-11, last-week or 28d do")
    since, until = found
    return since, max(since, min(until, now))


def _columns(reader: sqlite3.Connection, ask: Ask, scope: Scope) -> tuple[tuple[Column, ...], dict[str, list[Used]]]:
    """Each column, also of days without usage; and by part what was used, as far as that comes with it."""
    unit, found = ask.columns, dict[str, list[Used]]()
    sums: dict[str, list[tuple[str, Used]]] = {}
    for part, group in _groups(reader, ask, scope, unit):
        own = group.models.items() if part is None else [(part, group.used)]
        for name, used in own:
            sums.setdefault(group.key, []).append((name, used))
            found.setdefault(name, []).append(used)
    worth = {name: total(own).usd_nanos for name, own in found.items()}
    columns: list[Column] = []
    for key in _keys(scope, unit, sums):
        own = sorted(sums.get(key, ()), key=lambda pair: (-worth[pair[0]], pair[0]))
        stack = tuple((name, used.usd_nanos) for name, used in own)
        columns.append(Column(key, total([used for _, used in own]), stack))
    return tuple(columns), found


def _groups(reader: sqlite3.Connection, ask: Ask, scope: Scope, unit: str) -> Iterable[tuple[str | None, Group]]:
    """By column and part; None says that the models are the parts."""
    if ask.by == "project" and not ask.session:
        return [(group.part, group) for group in groups(reader, scope, unit, is_split=True)]
    if ask.by == "agent" and not ask.session:
        names = scope.agents or tuple(sorted({group.key for group in groups(reader, scope, "agent")}))
        return [
            (name, group) for name in names for group in groups(reader, scope._replace(agents=(name,)), unit)
        ]  # fmt: skip
    return [(None, group) for group in groups(reader, scope, unit)]


def _keys(scope: Scope, unit: str, known: Iterable[str]) -> list[str]:
    keys = sorted(known)
    if unit != "day" or not (scope.since or keys):
        return keys
    first, last = date.fromisoformat(scope.since or keys[0]), date.fromisoformat(scope.until or "")
    if (last - first).days > MANY_DAYS and keys:
        first = max(first, date.fromisoformat(keys[0]))
    return [(first + timedelta(day)).isoformat() for day in range((last - first).days + 1)]


def _parts(reader: sqlite3.Connection, ask: Ask, scope: Scope, found: dict[str, list[Used]]) -> list[Part]:
    """The dearest first."""
    if ask.by != "session":
        return _dearest(Part(name, name, total(own)) for name, own in found.items())
    sessions = _dearest(Part(group.key, "", group.used) for group in groups(reader, scope, "session"))
    keys = "[" + ",".join(part.key for part in sessions[:MOST] if part.key.isdecimal()) + "]"
    cards = {str(key): card for key, *card in query.rows(reader, "session_cards", keys=keys)}
    return [_named(part, cards.get(part.key)) for part in sessions]


def _named(part: Part, card: list[Any] | None) -> Part:
    if card is None:
        return part
    session_id, agent, _, project, _, last_at, title = card
    folder = (project or "").rstrip("/").rpartition("/")[2] or "no project"
    return part._replace(name=f"{folder} · {title or session_id[:8]}", at=last_at, agent=agent)


def _prompts(reader: sqlite3.Connection, session: int) -> list[Part]:
    """What each prompt of a session came to with all that it set off, in all of its time."""
    rows = query.rows(reader, "session_named", session=session)
    if not rows:
        return []
    session_id, account, agent = rows[0]
    asked = query.rows(reader, "session_asked", session_id=session_id, account=account, agent=agent)
    texts = {id_: (at, text) for id_, at, _, text in asked}
    sums: dict[str, list[Used]] = {}
    for _, _, _, prompt_id, responses, lower, given, read_, short, long_, out, web, usd, unpriced in query.rows(
        reader, "session_used", session=session
    ):
        used = Used(
            given or 0, out or 0, short or 0, long_ or 0, read_ or 0, web_searches=web or 0, responses=responses or 0,
            lower_bounds=lower or 0, usd_nanos=usd or 0, unpriced_tokens=unpriced or 0,
        )  # fmt: skip
        sums.setdefault(prompt_id if prompt_id in texts else REST, []).append(used)
    texts[REST] = (None, "everything else in this session")
    return _dearest(Part(key, texts[key][1], total(own), texts[key][0]) for key, own in sums.items())


def _dearest(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (-part.used.usd_nanos, -part.used.total_tokens, part.name, part.key))
