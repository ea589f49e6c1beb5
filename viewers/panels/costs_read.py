"""What is asked of the reports for the screen of costs: a range, narrowed step by step to the prompts of a session."""

import sqlite3
import time
from collections.abc import Iterable
from datetime import date, timedelta

from store.light import Any, NamedTuple
from viewers import query
from viewers.panels import plans as plan_read
from viewers.panels.plans import Plans
from viewers.reports.burn import period_of
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.zone import local, today

RANGES = (
    ("7 days", 7, "day"), ("30 days", 30, "day"), ("this month", 0, "day"), ("90 days", 90, "week"),
    ("365 days", 365, "month"),
)  # fmt: skip
"""What may be looked at: its name, its days, and what a column of the chart is unless it is said."""
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

    @property
    def columns(self) -> str:
        """What a column of the chart is."""
        return self.unit or RANGES[self.range][2]


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


class Memory:
    """The last answer, as long as it holds."""

    def __init__(self) -> None:
        self.read_s, self.took_s = 0.0, 0.0
        self.costs: Costs | None = None
        self.plans = plan_read.Memory()


def read(reader: sqlite3.Connection, memory: Memory, ask: Ask, now_s: float) -> Costs:
    """The calculation of the reports, and no other."""
    held = memory.costs
    keep_s = max(KEEP_S, memory.took_s * TIMES)
    if held is not None and held.ask == ask and 0 <= now_s - memory.read_s < keep_s:
        return held._replace(plans=plan_read.plans(reader, memory.plans, now_s))
    began = time.monotonic()
    scope = scope_of(ask, now_s)
    columns, found = _columns(reader, ask, scope)
    parts = _prompts(reader, ask.session) if ask.session else _parts(reader, ask, scope, found)
    name, plans = RANGES[ask.range][0], plan_read.plans(reader, memory.plans, now_s)
    used = total([column.used for column in columns])
    shown, hidden = tuple(parts[:MOST]), max(len(parts) - MOST, 0)
    memory.costs = Costs(ask, name, scope.since or "", scope.until or "", columns, shown, hidden, used, plans)
    memory.read_s, memory.took_s = now_s, time.monotonic() - began
    return memory.costs


def scope_of(ask: Ask, now_s: float) -> Scope:
    """The question to the reports."""
    zone, days = local(), RANGES[ask.range][1]
    until = today(zone, now_s)
    since = (date.fromisoformat(until) - timedelta(days - 1)).isoformat() if days else period_of("month", until)[0]
    names = {f"{what}s": (name,) for what, name in ask.narrow}
    sessions = (ask.session,) if ask.session else None
    return Scope(zone, now_s, since=since, until=until, sessions=sessions)._replace(**names)


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
    if unit != "day":
        return sorted(known)
    first, last = date.fromisoformat(scope.since or ""), date.fromisoformat(scope.until or "")
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
