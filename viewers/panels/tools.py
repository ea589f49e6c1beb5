"""What tools did: how often, how that ended, how long it took; the slowest calls, those that failed, the files."""

import sqlite3
from collections.abc import Callable

from store import named
from store.light import Any, NamedTuple
from viewers import query
from viewers.panels.gauges import bar
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, length, one
from viewers.panels.moments import day, midnight
from viewers.panels.search_read import Asked
from viewers.panels.words import folder
from viewers.reports.dates import utc
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean, cut, cut_left, short_path, width

RANGES = (("today", 0), ("7 days", 6), ("30 days", 29), ("90 days", 89))
"""What may be looked at: its name, and how many days before today."""
CALLS, FILES = 100, 100
NUMBERS = 7 + 1 + 8 + 3 * 8
"""The columns that the numbers of a tool take."""
KEEP_S = 3.0


class Tool(NamedTuple):
    """All calls of a tool."""

    name: str
    calls: int
    errors: int
    denied: int
    stopped: int
    p50_ms: int | None
    p95_ms: int | None
    longest_ms: int | None


PLACES: dict[str, Callable[[Tool], int | None]] = {
    "calls": lambda tool: tool.calls, "errors": lambda tool: tool.errors, "p50": lambda tool: tool.p50_ms,
    "p95": lambda tool: tool.p95_ms, "max": lambda tool: tool.longest_ms,
}  # fmt: skip
SORTS = tuple(PLACES)


class Call(NamedTuple):
    """One call."""

    key: int
    session_id: str
    project: str | None
    ref: str
    at: str
    name: str
    target: str | None
    outcome: str
    duration_ms: int | None


class File(NamedTuple):
    """All changes of a file, and the call that changed it last."""

    path: str
    edits: int
    added: int | None
    removed: int | None
    sessions: int
    last_at: str
    key: int
    ref: str


class Wanted(NamedTuple):
    """What is looked at."""

    which: int
    asked: Asked
    tool: str | None = None
    is_failed: bool = False


class Tools(NamedTuple):
    """The answer."""

    wanted: Wanted
    tools: tuple[Tool, ...] = ()
    calls: tuple[Call, ...] = ()
    files: tuple[File, ...] = ()


class Memory:
    """The last answer: sums of a month need not follow every line."""

    def __init__(self) -> None:
        self.read_s = 0.0
        self.found: Tools | None = None


def read(reader: sqlite3.Connection, memory: Memory, wanted: Wanted, now_s: float) -> Tools:
    """The answer, asked anew only every few seconds while the question is the same."""
    found = memory.found
    if found is not None and found.wanted == wanted and 0 <= now_s - memory.read_s < KEEP_S:
        return found
    asked = wanted.asked
    projects = None
    if asked.project is not None:
        import json

        projects = json.dumps(named.project(asked.project, [row[0] for row in query.rows(reader, "project_names")]))
    since = utc(midnight(now_s) - RANGES[wanted.which][1] * 86_400)
    with_: dict[str, Any] = {"since": asked.since or since, "agent": asked.agent, "projects": projects}
    is_same = found is not None and found.wanted[:2] == wanted[:2] and 0 <= now_s - memory.read_s < KEEP_S
    new = Tools(
        wanted,
        found.tools if found and is_same else tuple(Tool(*row) for row in query.rows(reader, "tools_used", **with_)),
        tuple(
            Call(*row)
            for row in query.rows(
                reader, "tools_calls", tool=wanted.tool, failed=wanted.is_failed, most=CALLS, **with_
            )
        ),
        found.files if found and is_same
        else tuple(File(*row) for row in query.rows(reader, "tools_files", most=FILES, **with_)),
    )  # fmt: skip
    memory.found, memory.read_s = new, memory.read_s if is_same else now_s
    return new


def shown(found: Tools) -> list[Tool]:
    """The tools that the filter names."""
    terms = [term.lower() for term in found.wanted.asked.terms]
    return [tool for tool in found.tools if all(term in tool.name.lower() for term in terms)]


def strip(found: Tools | None, which: int) -> Line:
    """The range, and all of it together."""
    inks: list[Ink] = [
        (f"▐{name}▌" if at == which else f" {name} ", "tab" if at == which else "muted")
        for at, (name, _) in enumerate(RANGES)
    ]
    if found is not None:
        own = shown(found)
        calls, errors = sum(tool.calls for tool in own), sum(tool.errors for tool in own)
        inks.append((f"   {format.things(calls, 'call')}", "bold"))
        share = f" ({errors / calls:.1%})" if errors else ""
        inks.append((f" · {format.things(errors, 'error')}{share}", "bad" if errors else "muted"))
        if found.wanted.asked.trouble:
            inks.append((f"   {clean(found.wanted.asked.trouble)}", "warn"))
    return tuple(inks)


def table(found: Tools, columns: int, sort: str = SORTS[0]) -> Panel:
    """Each tool, those first of which there is most of what is sorted by."""
    own = sorted(shown(found), key=lambda tool: -(PLACES[sort](tool) or 0))
    most = max((tool.calls for tool in own), default=1)
    name = min(max((width(clean(tool.name)) for tool in own), default=8) + 1, max(columns - NUMBERS, 8))
    room = max(columns - NUMBERS - name, 0)
    rows: list[Row] = []
    for tool in own:
        wrong = f"{format.count(tool.errors)} ✗" if tool.errors else format.NONE
        rows.append(
            one(
                tool.name, cell(tool.name, name, "tool"), cell(format.count(tool.calls), 7, is_right=True), (" ", ""),
                *(bar(tool.calls / most, room, "tool") if room > 3 else ((" " * room, ""),)),
                cell(wrong, 8, "bad" if tool.errors else "muted", is_right=True),
                *(cell(_took(ms), 8, "muted", is_right=True) for ms in (tool.p50_ms, tool.p95_ms, tool.longest_ms)),
            )
        )  # fmt: skip
    fact = " · ".join(f"{word} ↓" if word == sort else word for word in SORTS) if rows else ""
    return Panel("By tool", tuple(rows), fact, empty="no tool was called")


def calls(found: Tools, columns: int, now_s: float) -> Panel:
    """The slowest calls, or those that failed last."""
    rows: list[Row] = []
    for number, call in enumerate(found.calls):
        failed = call.outcome not in ("ok", "open", "background")
        name = cut(clean(call.name), 20 if columns < 80 else 32)
        right: Line = (
            cell(folder(call.project), 12 if columns < 80 else 20, "muted"),
            cell(_took(call.duration_ms), 8, "", is_right=True),
        )
        right = right if columns > 50 else right[1:]
        target = clean(hide(" ".join((call.target or "").split())))
        if target.startswith("/"):  # of a path the end says most
            target = cut_left(target, columns - 11 - width(name) - length(right))
        left: Line = (
            cell(day(call.at, now_s), 7, "muted"), ("✗ " if failed else "  ", "bad"), (name + " ", "tool"),
            (target, ""),
        )  # fmt: skip
        rows.append(Row(f"{number} {call.ref}", (apart(left, right, columns),)))
    whose = clean(found.wanted.tool) if found.wanted.tool else "All tools"
    what = "failed last" if found.wanted.is_failed else "slowest"
    return Panel(f"{whose} · {what}", tuple(rows), "e errors" if not found.wanted.is_failed else "e slowest")


def files(found: Tools, columns: int, now_s: float) -> Panel:
    """The files that were changed most."""
    rows: list[Row] = []
    for number, file in enumerate(found.files):
        known = file.added is not None or file.removed is not None
        changed = f"+{file.added or 0:,} -{file.removed or 0:,}" if known else format.NONE
        right: Line = (
            cell(format.count(file.edits), 6, is_right=True), cell(changed, 15, "muted", is_right=True),
            cell(day(file.last_at, now_s), 8, "muted", is_right=True),
        )  # fmt: skip
        path = cut_left(clean(short_path(file.path)), columns - 31)
        rows.append(Row(f"{number} {file.ref}", (apart(((path, ""),), right, columns),)))
    return Panel("Files changed most", tuple(rows), "edits · lines · last" if rows else "", empty="no file was changed")


def _took(ms: int | None) -> str:
    return format.NONE if ms is None else format.took(ms)
