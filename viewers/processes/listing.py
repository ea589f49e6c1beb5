"""`fleetmeter ps`: every process of an agent, how it is, and which session it is in."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from store.shown_process import Shown
from viewers.panels.words import folder
from viewers.processes.words import NONE, UNKNOWN, bytes_of, percent, sign
from viewers.screen import format, output, terminal
from viewers.screen.ids import SHORT, told_apart
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean

EVERY_S = 5.0
CLEARED = "\x1b[H\x1b[2J"
IN_THE_WAY = ("helper", "launcher")
"""Processes that do no work of their own."""
COLUMNS = (
    Column("State"),
    Column("PID", is_number=True),
    Column("Agent"),
    Column("Project", least=8),
    Column("Session", dispensable=2),
    Column("Terminal", dispensable=5),
    Column("CPU", is_number=True),
    Column("Memory", is_number=True, dispensable=3),
    Column("+children", is_number=True),
    Column("Kids", is_number=True, dispensable=6),
    Column("Up", is_number=True),
    Column("Last", is_number=True),
    Column("Why", least=16, dispensable=1),
)
ORDER = ("runaway", "zombie", "stale", "orphaned", "stopped", "waiting", "working", "idle")


class Here(Protocol):
    """Who looks: at which family alone, and why the last look knew nothing of sessions."""

    @property
    def scope(self) -> str: ...
    @property
    def trouble(self) -> str: ...
    def look(self) -> Sequence[Shown]: ...


def run(here: Here, *, is_all: bool = False, as_json: bool = False) -> int:
    """Show them, those that need a look first."""
    scope = here.scope
    found = sorted(here.look(), key=lambda one: (ORDER.index(one.state), -(one.tree_memory or 0), one.pid))
    if not is_all:
        found = [one for one in found if one.role not in IN_THE_WAY or one.state in ORDER[:3]]
    now_s = time.time()
    if as_json:
        output.print_json({"schemaVersion": 1, "scope": scope or None, "processes": [document(one) for one in found]})
        return 0
    if scope:
        terminal.say(f"only {scope} is looked at")
    if here.trouble:
        terminal.say(clean(f"which sessions they are in is not known: {here.trouble}"))
    if not found:
        terminal.say("no process of an agent runs")
        return 0
    short = told_apart({id_ for one in found for id_, _, _ in one.sessions})
    terminal.show(*lines(COLUMNS, [row(one, now_s, short) for one in found], terminal.columns()))
    terminal.show(summary(found))
    return 0


def watch(
    here: Here, *, is_all: bool = False, as_json: bool = False, rest: Callable[[float], None] = time.sleep
) -> int:  # fmt: skip
    """The same again and again; on a terminal each stands where the last one stood."""
    while True:
        if terminal.is_terminal(sys.stdout) and not as_json:
            terminal.show(CLEARED)
        run(here, is_all=is_all, as_json=as_json)
        sys.stdout.flush()
        rest(EVERY_S)


def row(one: Shown, now_s: float, short: int = SHORT) -> Row:
    """A process in columns."""
    session_id, sure, _ = one.sessions[0] if one.sessions else ("", "", "")
    more = f" +{len(one.sessions) - 1}" if len(one.sessions) > 1 else ""
    return Row(
        (
            f"{sign(one)} {one.state}{' (pinned)' if one.is_pinned else ''}",
            str(one.pid),
            one.agent if one.role == "session" else f"{one.agent} {one.role}",
            folder(one.project) if one.project else UNKNOWN,
            f"{session_id[:short]}{'' if sure == 'certain' else '?'}{more}" if session_id else UNKNOWN,
            UNKNOWN if one.terminal is None else one.terminal.removeprefix("/dev/") or NONE,
            percent(one.cpu_percent),
            bytes_of(one.memory),
            bytes_of(one.tree_memory),
            str(one.children),
            format.lasting(now_s - one.began_s) if one.began_s is not None else UNKNOWN,
            format.lasting(now_s - one.last_s) if one.last_s is not None else UNKNOWN,
            one.reason,
        ),
        "dim" if one.role in IN_THE_WAY else "",
    )


def summary(found: Sequence[Shown]) -> str:
    """All of them in a line."""
    sizes = [one.tree_memory for one in found if one.tree_memory is not None]
    used = [part for one in found for part in (one.cpu_percent, one.children_cpu_percent) if part is not None]
    told = [f"{count} {state}" for state in ORDER[:5] if (count := sum(one.state == state for one in found))]
    many = "1 process" if len(found) == 1 else f"{len(found)} processes"
    return ", ".join([many, f"{bytes_of(sum(sizes))} with children", f"{percent(sum(used))} CPU", *told])


def document(one: Shown) -> dict[str, object]:
    """A process as programs read it; null is what nobody can tell."""
    return {
        "pid": one.pid, "born": one.born, "parentPid": one.parent, "agent": one.agent, "role": one.role,
        "executable": one.exe, "state": one.state, "reason": one.reason, "isPinned": one.is_pinned,
        "sessions": [{"sessionId": id_, "sure": sure, "why": why} for id_, sure, why in one.sessions],
        "account": one.account, "project": one.project, "terminal": one.terminal, "cwd": one.cwd,
        "startedAt": _moment(one.began_s), "lastRecordAt": _moment(one.last_s),
        "watchedSeconds": round(one.window_s, 3), "cpuPercent": _rounded(one.cpu_percent),
        "childrenCpuPercent": _rounded(one.children_cpu_percent), "memoryBytes": one.memory,
        "treeMemoryBytes": one.tree_memory, "children": one.children,
    }  # fmt: skip


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _moment(at_s: float | None) -> str | None:
    return None if at_s is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_s))
