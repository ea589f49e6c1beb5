"""`fleetmeter watch`: what happens in every session, a line each, as it is recorded; for people, or for programs."""

import queue
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.light import Any, NamedTuple
from viewers.panels import fleet_read as read
from viewers.panels.documents import moment_document
from viewers.panels.feed import MARKS, QUIET, kind_of, words
from viewers.panels.fleet_read import Moment, Now
from viewers.panels.moments import clock
from viewers.panels.reading import Reading, Told, Trouble
from viewers.panels.words import folder, state
from viewers.reports.scope import session_keys
from viewers.screen import output, terminal
from viewers.screen.secrets import hide
from viewers.screen.text import clean

POLL_S = 0.05
LATEST = 60
"""Moments of a session that one look takes in; more than that are not written between two looks."""
LISTEN_S = 0.5


class Event(NamedTuple):
    """Something that happened in a session: a moment, or another state."""

    now: Now
    moment: Moment | None


class Watch:
    """What was seen of each session, so that each thing is told once, and once more when a tool ends."""

    def __init__(self, only: int | None = None) -> None:
        self.only = only
        self.seen: dict[int, dict[str, Any]] = {}
        self.states: dict[int, tuple[str, str | None]] = {}
        self.marks: dict[int, tuple[str, str, str | None]] = {}
        self.is_first = True
        self.began = ""

    def look(self, reader: sqlite3.Connection, now_s: float) -> Iterator[Event]:
        """What is new since the last look; the first one tells nothing."""
        self.began = self.began or read.utc(now_s)
        rows = read.query.rows(reader, "fleet_now", since=read.utc(now_s - read.ACTIVE_S), most=read.MOST)
        for row in reversed(rows):
            now = read.now_of(row, now_s)
            mark = (now.last_at, now.state, now.since)
            if self.only in (None, now.key) and self.marks.get(now.key) != mark:
                self.marks[now.key] = mark
                yield from self._of(reader, now)
        self.is_first = False

    def _of(self, reader: sqlite3.Connection, now: Now) -> Iterator[Event]:
        before = self.seen.get(now.key)
        moments = read.feed(reader, now.key, LATEST)
        self.seen[now.key] = {moment.ref: moment.status for moment in moments}
        if not self.is_first:
            for moment in reversed(moments):
                is_new = moment.at >= self.began if before is None else before.get(moment.ref, ...) != moment.status
                if is_new and moment.what not in QUIET:
                    yield Event(now, moment)
            unseen = "idle" if now.is_untold else "ended"  # of a session that ended long ago nobody asks
            known = self.states.get(now.key, (unseen, None))[0]
            if known != now.state:
                yield Event(now, None)
        self.states[now.key] = (now.state, now.since)


def run(*, as_json: bool = False, session: str | None = None, is_over: Callable[[], bool] = lambda: False) -> int:
    """Tell it, until somebody ends it; a database that is not there yet, or is another one now, is waited for."""
    home = homes.locate()
    tell = document if as_json else line
    if as_json:
        output.utf8()
    only = None
    if session is not None:
        with closing(open_reader(home)) as reader:
            only = session_keys(session, reader)[0]
    watch, told = Watch(only), queue.SimpleQueue[Told]()
    reading = Reading(home, told.put, poll_s=POLL_S)
    reading.ask("watch", lambda reader, now_s: list(watch.look(reader, now_s)))
    reading.start()
    said: Trouble | None = None
    try:
        while not is_over():
            try:
                found = told.get(timeout=LISTEN_S)
            except queue.Empty:
                continue
            if found.trouble is not None and found.trouble != said:
                terminal.say(f"{clean(found.trouble.words)}; {clean(found.trouble.hint)}")
            said = found.trouble
            if found.answer:
                terminal.show(*map(tell, found.answer))
                sys.stdout.flush()
    finally:
        reading.stop()
    return 0


def line(event: Event) -> str:
    """For people."""
    project = f"{folder(event.now.project)[:16]:16}"
    if event.moment is None:
        mark, told, _, _ = state(event.now.state)
        what = f": {clean(hide(event.now.what))}" if event.now.what else ""
        return f"{clock(event.now.since or event.now.last_at)} {project} {mark} {told}{what}"
    moment = event.moment
    who, said, fact = words(moment)
    run = "" if moment.run_id == "main" else f"[{clean(moment.run_id)[:12]}] "
    text = " ".join(filter(None, (clean(who), said, fact)))
    return f"{clock(moment.at)} {project} {MARKS.get(kind_of(moment), ('·', ''))[0]} {run}{text}"


def document(event: Event) -> str:
    """For programs: one object in a line."""
    import json

    now = event.now
    told = {
        "sessionId": now.session_id, "agent": now.agent, "account": now.account, "project": now.project,
        "state": now.state,
        **(moment_document(event.moment) if event.moment else {"kind": "state", "at": now.since, "what": now.what}),
    }  # fmt: skip
    return output.safe_json(json.dumps(told, ensure_ascii=False))
