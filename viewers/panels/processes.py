"""The processes of agents as rows: those that need a look first."""

from collections.abc import Sequence

from store.light import NamedTuple
from store.shown_process import Shown
from viewers.panels.ink import Ink, Line, Panel, Row, cell
from viewers.panels.words import folder
from viewers.processes.listing import IN_THE_WAY, ORDER
from viewers.processes.words import NONE, UNKNOWN, bytes_of, percent, sign
from viewers.screen import format

STYLES = {
    "runaway": "bad", "zombie": "bad", "stale": "warn", "orphaned": "warn", "stopped": "warn", "waiting": "warn",
    "working": "accent", "idle": "muted",
}  # fmt: skip
HEALTHY = ("working", "waiting", "idle")
SORTS = ("state", "memory", "cpu", "age")
TREE, SHOWN = "Stop all", 4
"""An act, and how many of what it started are named in its question."""
WIDE = 100
"""Columns; with fewer some are left out."""


class Look(NamedTuple):
    """What is shown, and in which order."""

    sort: str = SORTS[0]
    needle: str = ""
    is_all: bool = False
    is_tree: bool = False


def key_of(one: Shown) -> str:
    """What tells a row from every other, now and later."""
    return f"{one.pid} {one.born}"


def name_of(one: Shown) -> str:
    """What it works on."""
    return folder(one.project) if one.project else UNKNOWN


def arranged(found: Sequence[Shown], look: Look) -> list[Shown]:
    """Those that are shown, in their order."""
    needle = look.needle.lower()
    kept = [
        one
        for one in found
        if (look.is_all or one.role not in IN_THE_WAY or one.state in ORDER[:3])
        and needle in " ".join((str(one.pid), name_of(one), one.agent, one.state, one.role)).lower()
    ]
    return sorted(kept, key=lambda one: (_place(one, look.sort), one.pid))


def _place(one: Shown, sort: str) -> tuple[float, float]:
    memory, used = -(one.tree_memory or 0), (one.cpu_percent or 0) + (one.children_cpu_percent or 0)
    places = {
        "state": (ORDER.index(one.state), memory), "memory": (memory, 0.0), "cpu": (-used, 0.0),
        "age": (one.began_s or 0.0, 0.0),
    }  # fmt: skip
    return places[sort]


def panel(found: Sequence[Shown] | None, look: Look, columns: int, now_s: float) -> Panel:
    """All of them; the reason of the one under the cursor is told below."""
    title = "Agent processes" + (f" · {look.needle}" if look.needle else "")
    if found is None:
        return Panel(title, empty="looking")
    rows = [
        Row(key_of(one), (line(one, columns, now_s), *(branches(one, columns) if look.is_tree else ())))
        for one in arranged(found, look)
    ]
    return Panel(title, tuple(rows), f"by {look.sort} · 5 s", empty="no process of an agent runs")


def head(columns: int) -> Line:
    """The names of the columns, to stand above the panel."""
    names = ("state", "pid", "session", "agent", "term", "cpu", "memory", "+children", "kids", "up", "last")
    return (("  ", ""), *((text, "muted") for text, _ in _cells(names, columns, "muted")))


def line(one: Shown, columns: int, now_s: float) -> Line:
    """A process in columns."""
    session = f" {one.sessions[0][0][:8]}{'' if one.sessions[0][1] == 'certain' else '?'}" if one.sessions else ""
    texts = (
        f"{sign(one)} {'pinned' if one.is_pinned and one.state in HEALTHY else one.state}",
        str(one.pid),
        name_of(one) + session,
        one.agent if one.role == "session" else f"{one.agent} {one.role}",
        UNKNOWN if one.terminal is None else one.terminal.removeprefix("/dev/") or NONE,
        percent(one.cpu_percent),
        bytes_of(one.memory),
        bytes_of(one.tree_memory),
        str(one.children),
        UNKNOWN if one.began_s is None else format.lasting(now_s - one.began_s),
        UNKNOWN if one.last_s is None else format.lasting(now_s - one.last_s),
    )
    return _cells(texts, columns, STYLES.get(one.state, ""))


def branches(one: Shown, columns: int) -> list[Line]:
    """What it started, each below what started it."""
    found: list[Line] = []

    def add(parent: int, depth: int, seen: frozenset[int]) -> None:
        for child in one.started:
            if child.parent == parent and child.pid not in seen:
                words = f"{'  ' * min(depth, 12)}└ {child.name}"
                told = [cell(str(child.pid), 20, "muted", is_right=True), (" ", ""), cell(words, max(columns - 44, 8))]
                found.append(
                    (*told, cell(child.state or UNKNOWN, 10, "muted"), cell(bytes_of(child.memory), 9, is_right=True))
                )
                add(child.pid, depth + 1, seen | {child.pid})

    add(one.pid, 0, frozenset({one.pid}))
    return found


def _cells(texts: tuple[str, ...], columns: int, style: str) -> Line:
    state, pid, session, agent, term, cpu, memory, tree, kids, up, last = texts
    is_wide = columns >= WIDE
    right: list[tuple[str, int]] = [(cpu, 6), *([(memory, 9)] if is_wide else []), (tree, 10)]
    right += [*([(kids, 5)] if is_wide else []), (up, 8), (last, 8)]
    taken = 11 + 8 + 1 + 16 + (8 if is_wide else 0) + sum(width for _, width in right)
    inks: list[Ink] = [
        cell(state, 11, style), cell(pid, 8, is_right=True), (" ", ""), cell(session, max(columns - taken, 6)),
        cell(agent, 16, "muted"), *([cell(term, 8, "muted")] if is_wide else []),
    ]  # fmt: skip
    return (*inks, *(cell(text, width, is_right=True) for text, width in right))


def summary(found: Sequence[Shown]) -> Line:
    """All of them in a line."""
    sizes = sum(one.tree_memory or 0 for one in found)
    used = sum((one.cpu_percent or 0) + (one.children_cpu_percent or 0) for one in found)
    many = "1 process" if len(found) == 1 else f"{len(found)} processes"
    inks: list[Ink] = [(f" {many}", "bold"), (f"   {bytes_of(sizes)} with children   {percent(used)} CPU", "")]
    for state in ORDER[:5]:
        count = sum(one.state == state for one in found)
        if count:
            inks.append((f"   {count} {state}", STYLES[state]))
    return tuple(inks)


def advice(one: Shown) -> Line:
    """Why it is said to be so."""
    links = "; ".join(f"session {id_[:8]} is {sure}: {why}" for id_, sure, why in one.sessions[:2])
    return (
        (f" {one.pid} {one.state}: {one.reason}", STYLES.get(one.state, "")),
        (f"   {links}" if links else "", "muted"),
    )


def question(one: Shown, act: str) -> tuple[str, tuple[str, ...]]:
    """What is asked before anything is done: a title that names the process and its session, and the consequences."""
    session = f", session {one.sessions[0][0][:8]}" if one.sessions else ""
    title = f"{act} process {one.pid} ({name_of(one)}{session})?"
    if act == "Keep":
        return title, ("It is never called stale, until you unpin it.",)
    if act == "Unpin":
        return title, ("It may be called stale again.",)
    if act == TREE:
        names = ", ".join(f"{child.name} {child.pid}" for child in one.started[:SHOWN])
        more = f" and {one.children - SHOWN} more" if one.children > SHOWN else ""
        return f"Stop process {one.pid} and all it started ({name_of(one)}{session})?", (
            f"It is {one.state}: {one.reason}.",
            f"With it {format.things(one.children, 'process')}: {names}{more}." if one.children else "It started none.",
            "INT first, then TERM; after 5 s you are asked before KILL.",
        )
    rest = "1 process that it started" if one.children == 1 else f"{one.children} processes that it started"
    left = (f"{rest} may go on.",) if one.children else ()
    if act == "Kill":
        return title, ("It did not end when it was asked to. What it has not written is lost.", *left)
    return title, (
        f"It is {one.state}: {one.reason}.",
        "INT first, then TERM; after 5 s you are asked before KILL.",
        *left,
    )
