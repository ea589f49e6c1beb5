"""What happens in every session, as `fleetmeter watch` tells it, each with a number and kept for a while: a stream that
broke off goes on where it was, without loss and without repetition, or is told what it missed."""

import json
import secrets
import sqlite3
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from itertools import islice
from typing import NamedTuple

from viewers.panels.reading import Reading, Told, Trouble
from viewers.reading.watch import Event, Watch, document
from viewers.web.listeners import Listener, Listeners

KEPT = 4_096
"""So many of the last events; of who asks for an older one it is said how many are missing."""
KEEP_S = 600.0
"""So long it goes on after the last stream has ended, since that one may come again."""
AT_ONCE = 64
GAP = "what happened before is not kept here any more: /api/sessions and /api/sessions/ID tell how all of it stands now"


class Happened(NamedTuple):
    """An event, with what it can be chosen by."""

    number: int
    session: int
    agent: str
    project: str | None
    kind: str
    text: str


class Feed:
    """The events of this server. The thread that looks for them runs only while somebody wants them, or lately did."""

    def __init__(self, home: str, listeners: Listeners) -> None:
        self.home, self.listeners = home, listeners
        self.followers: set[Listener] = set()
        self.left_s = 0.0
        self.lock = threading.Lock()
        self.reading: Reading | None = None
        self.mark = ""
        """Numbers of another run mean nothing here."""
        self.kept = deque[Happened](maxlen=KEPT)
        self.number = 0
        self.is_begun = False
        self.trouble: Trouble | None = None

    async def stream(self, one: Listener, fits: Callable[[Happened], bool], last: str) -> AsyncIterator[dict[str, str]]:
        """The events after the one of this id, or from now on, until whoever listens goes or is shut out."""
        place: int | None = None
        named, said = 0, None
        with self.listeners.entered(one):
            self._enter(one)
            try:
                while self.listeners.may_stay(one):
                    if self.trouble != said:
                        said = self.trouble
                        yield {"event": "trouble", "data": _trouble(said)}
                    if place is None and self.is_begun:
                        place, named, is_known = self._place(last)
                        if is_known:
                            yield {"id": self._id(place)}
                        else:
                            yield {"event": "gap", "id": self._id(place), "data": _gap(None)}
                    found, missed = ((), 0) if place is None else self._after(place)
                    if missed:
                        yield {"event": "gap", "data": _gap(missed)}
                    for event in found:
                        place = event.number
                        if fits(event):
                            named = place
                            yield {"id": self._id(place), "data": event.text}
                    if place is not None and place - named >= KEPT // 4:
                        named = place  # what was left out needs not be looked for again
                        yield {"id": self._id(place)}
                    if not found:
                        await self.listeners.news(one)
            finally:
                self._leave(one)

    def _id(self, number: int) -> str:
        return f"{self.mark}-{number}"

    def _place(self, last: str) -> tuple[int, int, bool]:
        """After which number to go on, twice: what came after that, and what the reader knows; False: it is unknown."""
        mark, _, digits = last.partition("-")
        number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else -1
        with self.lock:
            if mark == self.mark and 0 <= number <= self.number:
                return number, number, True
            return self.number, self.number, not last

    def _after(self, place: int) -> tuple[list[Happened], int]:
        """The next ones, and how many between are gone."""
        with self.lock:
            first = self.number - len(self.kept)
            skipped = max(place - first, 0)
            return list(islice(self.kept, skipped, skipped + AT_ONCE)), max(first - place, 0)

    def _enter(self, one: Listener) -> None:
        with self.lock:
            self.followers.add(one)
            if self.reading is not None and not self.reading.is_over:
                return
            self.mark, self.number, self.is_begun = secrets.token_hex(4), 0, False
            self.kept.clear()
            self.reading = Reading(self.home, self._deliver)
            self.reading.ask("events", partial(self._look, Watch()))
            self.reading.start()

    def _leave(self, one: Listener) -> None:
        with self.lock:
            self.followers.discard(one)
            self.left_s = time.monotonic()
            if self.reading is not None and self.listeners.is_ending:
                self.reading.is_over = True

    # -- in the thread that reads

    def _look(self, watch: Watch, reader: sqlite3.Connection, now_s: float) -> list[tuple[Event, str]]:
        found = [(event, document(event)) for event in watch.look(reader, now_s)]
        loop = self.listeners.loop
        with self.lock:
            is_left = not self.followers and time.monotonic() - self.left_s > KEEP_S
            if self.reading is not None and (is_left or loop is None or loop.is_closed()):
                self.reading.is_over = True
        return found

    def _deliver(self, told: Told) -> None:
        with self.lock:
            is_news = bool(told.answer) or told.trouble != self.trouble or not self.is_begun
            self.trouble = told.trouble
            self.is_begun = self.is_begun or told.trouble is None
            for event, text in told.answer or ():
                self.number += 1
                kind = event.moment.kind if event.moment else "state"
                now = event.now
                self.kept.append(Happened(self.number, now.key, now.agent, now.project, kind, text))
        if is_news:
            self.listeners.call(self._wake)

    # -- in the loop again

    def _wake(self) -> None:
        for one in self.followers:
            one.news.set()


def _gap(missed: int | None) -> str:
    return json.dumps({"kind": "gap", "missed": missed, "hint": GAP})


def _trouble(trouble: Trouble | None) -> str:
    """What keeps it from being read; null when it goes on."""
    return json.dumps({"error": trouble.words if trouble else None, "hint": trouble.hint if trouble else None})
