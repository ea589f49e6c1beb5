"""What is recorded of the sessions that processes are in: read-only, a short statement each, and nothing guessed."""

import os
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from control import link
from control.health import Doing
from control.link import CERTAIN, LIKELY, Lately, Registered
from control.process import Link, Process
from control.query import moment, rows, seconds

ORDER = ("waiting", "working", "failed", "your_turn", "idle", "ended")
"""Of several sessions in one process the first of these is what it does."""


class Known(NamedTuple):
    """The sessions of a process, the surest first; what they do, and where."""

    links: tuple[Link, ...] = ()
    doing: Doing = Doing()
    project: str | None = None


def registered(reader: sqlite3.Connection) -> list[Registered]:
    """The processes that agents say are theirs."""
    return [
        Registered(agent, account, session_id, pid, born, seconds(started_at))
        for agent, account, session_id, pid, born, started_at, _ in rows(reader, "registered")
    ]


def known(
    reader: sqlite3.Connection, processes: Sequence[Process], said: Sequence[Registered]
) -> dict[tuple[int, str], Known]:
    """Of each process."""
    links = {process.key: _sure(reader, process, said) for process in processes}
    rest = [process for process in processes if not links[process.key]]
    began = [process.entry.began_s for process in rest if process.entry.began_s is not None]
    if began:
        taken = {one.session_id for found in links.values() for one in found}
        for key, one in link.placed(rest, _lately(reader, min(began)), taken).items():
            links[key] = (one,)
    return {process.key: _known(reader, process, links[process.key]) for process in processes}


def _sure(reader: sqlite3.Connection, process: Process, said: Sequence[Registered]) -> tuple[Link, ...]:
    found = link.said(process, said)
    if found:
        return found
    found = tuple(
        Link(session_id, account, CERTAIN, "it holds its file open")
        for path in process.files
        for session_id, account in rows(reader, "of_file", path=os.fsencode(path))
    )
    if found:
        return tuple(dict.fromkeys(found))
    return tuple(
        Link(session_id, account, LIKELY, "it was started with its id")
        for word in link.ids(process)
        for session_id, account in rows(reader, "of_id", id=word, agent=process.agent)
    )


def _lately(reader: sqlite3.Connection, since_s: float) -> list[Lately]:
    return [
        Lately(agent, account, session_id, cwd, seconds(first_at), seconds(last_at) or 0.0)
        for agent, account, session_id, cwd, first_at, last_at in rows(reader, "since", since=moment(since_s))
    ]


def _known(reader: sqlite3.Connection, process: Process, links: tuple[Link, ...]) -> Known:
    found = [
        row
        for one in links
        for row in rows(reader, "doing", id=one.session_id, account=one.account, agent=process.agent)
    ]
    if not found:
        return Known(links)
    found.sort(key=lambda row: ORDER.index(row[0]) if row[0] in ORDER else len(ORDER))
    state, what, _, project = found[0]
    last = [at_s for row in found if (at_s := seconds(row[2])) is not None]
    return Known(links, Doing(state, what, max(last, default=None)), project)
