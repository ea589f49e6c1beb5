"""`fleetmeter --once`: what the terminal app shows, once, as text or JSON; of the fleet, or of one session."""

import sqlite3
import time
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from store.light import Any
from viewers.panels import day, feed, fleet, session, session_cost, session_parts, session_read
from viewers.panels import fleet_read as read
from viewers.panels.documents import fleet_document, session_document
from viewers.panels.ink import Panel, framed, plain
from viewers.reading.listing import NONE_NOW
from viewers.reports.scope import session_keys
from viewers.screen import output, terminal
from viewers.trouble import tell

WIDTH, LEAST = 100, 60
LAST = 14


def run(*, as_json: bool = False, session: str | None = None) -> int:
    """Show it."""
    now_s = time.time()
    try:
        reader = open_reader(homes.locate())
    except NoDatabaseYet as nothing:
        if session is not None or not as_json:
            tell(nothing)
        if as_json:
            output.print_json(fleet_document(read.Fleet((), (), (), ()), now_s))
        return 0
    with closing(reader):
        if session is not None:
            return _session(reader, session_keys(session, reader)[0], as_json, now_s)
        found = read.fleet(reader, read.Memory(), now_s)
    if as_json:
        output.print_json(fleet_document(found, now_s))
    else:
        terminal.show(*fleet_lines(found, columns(), now_s))
    return 0


def columns() -> int:
    """The width to draw in: a pipe gets what most screens have."""
    return max(terminal.columns() or WIDTH, LEAST)


def fleet_lines(found: read.Fleet, width: int, now_s: float) -> list[str]:
    """The screen of the fleet on paper."""
    inner = width - 4
    panels: tuple[Panel, ...] = (
        fleet.panel(found, fleet.Look(), inner, 2, now_s)._replace(empty=NONE_NOW),
        day.limits(found.limits, inner, now_s),
        day.attention(found, inner, now_s),
    )
    drawn = [line for panel in panels for line in framed(panel, width)]
    return [plain(day.today(found, width, now_s)), *drawn]


def _session(reader: sqlite3.Connection, key: int, as_json: bool, now_s: float) -> int:
    found = session_read.session(reader, key, session_read.Memory(), now_s)
    assert found is not None  # its key was found in the same database a moment ago
    if as_json:
        output.print_json(session_document(found, now_s))
    else:
        terminal.show(*session_lines(found, columns(), now_s))
    return 0


def session_lines(found: session_read.Session, width: int, now_s: float) -> list[str]:
    """The screen of a session on paper; panels without content are left out."""
    inner = width - 4
    names = {agent.run_id: agent.agent_type or agent.kind for agent in found.agents}
    panels: tuple[Any, ...] = (
        session.context(found, inner, 8),
        session_cost.cost(found, inner),
        session.now(found, inner, now_s),
        session_parts.agents(found, inner),
        session_parts.workflows(found, inner),
        session.tasks(found, inner),
        session_parts.prompts(found, inner),
        session_parts.tools(found, inner),
        feed.panel(found.feed[:LAST], inner, names=names, cwd=found.card.cwd if found.card else None),
    )
    heading = [plain(line).rstrip() for line in session.heading(found, now_s)]
    return [*heading, *(line for panel in panels if panel.rows for line in framed(panel, width))]
