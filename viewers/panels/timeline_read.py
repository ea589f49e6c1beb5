"""What is asked of the database about what ran when: lanes of sessions, and of the agents inside each."""

import sqlite3

from store.light import Any, NamedTuple
from viewers import query
from viewers.panels.fleet_read import ACTIVE_S, now_of
from viewers.panels.moments import instant
from viewers.panels.words import folder
from viewers.reports.dates import utc

SPANS = (("6 hours", 6 * 3600, 16), ("day", 86_400, 16), ("week", 7 * 86_400, 15))
"""What may be looked at: its name, its seconds, and how many digits of a time tell apart what is drawn."""
MOST = 200
EACH = 8
"""Agents of a session that have a lane of their own."""
KEEP_S = 2.0
NOW_S = 60.0
"""A span that ended so lately goes up to now."""
Work = tuple[str, float, float]
"""Kind, from when, until when."""


class Inner(NamedTuple):
    """An agent inside a session, and what it did in the span."""

    run_key: int
    run_id: str
    name: str
    description: str | None
    depth: int
    first_at: str | None
    last_at: str | None
    works: tuple[Work, ...] = ()


class Lane(NamedTuple):
    """A session, and what it did in the span."""

    key: int
    session_id: str
    agent: str
    project: str | None
    first_at: str | None
    last_at: str | None
    title: str | None
    works: tuple[Work, ...] = ()
    """Of its main thread, and of all agents in it together."""
    inner: tuple[Inner, ...] = ()
    more: int = 0
    """Agents that have no lane."""


class Timeline(NamedTuple):
    """The answer."""

    which: int
    since_s: float
    until_s: float
    lanes: tuple[Lane, ...]


class Memory:
    """The last answer."""

    def __init__(self) -> None:
        self.read_s = 0.0
        self.asked: tuple[int, float] = (-1, 0.0)
        self.found: Timeline | None = None


def read(reader: sqlite3.Connection, memory: Memory, which: int, back_s: float, now_s: float) -> Timeline:
    """The span that ended so long ago; asked anew only every few seconds."""
    if memory.found is not None and memory.asked == (which, back_s) and 0 <= now_s - memory.read_s < KEEP_S:
        return memory.found
    _, seconds, digits = SPANS[which]
    until = now_s - back_s
    span = {"since": utc(until - seconds), "until": utc(until), "most": MOST}
    works: dict[tuple[int, int], list[Work]] = {}
    for key, run, _, kind, at, end in query.rows(reader, "timeline", digits=digits, **span):
        begin, over = instant(at), instant(end)
        if begin is not None:
            work = kind, begin, over if over is not None else begin
            for lane in {(key, 0), (key, run)}:
                works.setdefault(lane, []).append(work)
    if back_s < NOW_S:
        for key, since_s in _waiting(reader, now_s):
            works.setdefault((key, 0), []).append(("waiting", max(since_s, until - seconds), now_s))
    inner = _inner(query.rows(reader, "timeline_runs", each=EACH, **span), works)
    lanes = [
        Lane(*row, works=tuple(works.get((row[0], 0), ())), inner=inner.get(row[0], ((), 0))[0],
             more=inner.get(row[0], ((), 0))[1])
        for row in query.rows(reader, "timeline_sessions", **span)
    ]  # fmt: skip
    lanes.sort(key=lambda lane: folder(lane.project))  # stable: of a project the last one first
    memory.asked, memory.read_s = (which, back_s), now_s
    memory.found = Timeline(which, until - seconds, until, tuple(lanes))
    return memory.found


def _waiting(reader: sqlite3.Connection, now_s: float) -> list[tuple[int, float]]:
    """Who waits now, and since when: also where only the agent's own list of its programs says so."""
    rows = query.rows(reader, "fleet_now", since=utc(now_s - ACTIVE_S), most=MOST)
    found = (now_of(row, now_s) for row in rows)
    return [(now.key, instant(now.since) or now_s) for now in found if now.state == "waiting"]


def _inner(
    rows: list[tuple[Any, ...]], works: dict[tuple[int, int], list[Work]]
) -> dict[int, tuple[tuple[Inner, ...], int]]:
    """Of each session its agents, each below the one that started it; and how many more there are."""
    children: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    more: dict[int, int] = {}
    known = {row[1] for row in rows}
    for row in rows:
        more[row[0]] = max(row[8], 0)
        children.setdefault((row[0], row[5] if row[5] in known else 0), []).append(row)
    found: dict[int, list[Inner]] = {}

    def add(session: int, parent: int, depth: int) -> None:
        for _, run, run_id, name, description, _, first_at, last_at, _ in children.pop((session, parent), ()):
            own = tuple(works.get((session, run), ()))
            found.setdefault(session, []).append(Inner(run, run_id, name, description, depth, first_at, last_at, own))
            add(session, run, depth + 1)

    for session in more:
        add(session, 0, 0)
    return {session: (tuple(own), more[session]) for session, own in found.items()}
