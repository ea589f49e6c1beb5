"""The stream to every tab: when something was recorded, each page that somebody looks at is answered once, and
every tab on it gets the parts that became different. However many tabs there are, one thread reads."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from viewers.panels import fleet_read
from viewers.panels.reading import POLL_S, Reading, Told, recording_words
from viewers.trouble import UsageTrouble
from viewers.web import shell
from viewers.web.answering import asked_again
from viewers.web.listeners import Listener, Listeners
from viewers.web.page import Means, Page
from viewers.web.render import Part, parts

Key = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


class Watched:
    """A page that somebody looks at: what it shows now, and what it keeps between two readings."""

    def __init__(self, page: Page, key: Key) -> None:
        self.page, self.key = page, key
        self.memory: dict[str, Any] = {}
        self.answer: Mapping[str, Any] = {}
        self.shown: dict[str, Part] = {}
        self.tabs: set[Tab] = set()


class Tab(Listener):
    """One tab, and which parts it has."""

    def __init__(self, device: str, has: Mapping[str, str]) -> None:
        super().__init__(device)
        self.has = dict(has)


class Live:
    """All tabs. The thread that reads runs only while there is one."""

    def __init__(self, home: str, listeners: Listeners, *, poll_s: float = POLL_S, means: Means | None = None) -> None:
        self.home, self.listeners, self.poll_s, self.means = home, listeners, poll_s, means or Means()
        self.watched: dict[tuple[str, Key], Watched] = {}
        self.around = Watched(shell.PAGE, ((), ()))
        self.reading: Reading | None = None
        self.state = "reading"
        self.written: dict[tuple[tuple[str, str], ...], bytes] = {}
        """The events of what is shown now, by the marks of their parts."""

    def tabs(self) -> list[Tab]:
        return [tab for watched in self.watched.values() for tab in watched.tabs]

    async def stream(self, page: Page, key: Key, tab: Tab) -> AsyncIterator[dict[str, str] | bytes]:
        """What a tab is told, until it goes or its device is shut out."""
        with self.listeners.entered(tab):
            watched = self._enter(page, key, tab)
            told = ""
            try:
                while self.listeners.may_stay(tab):
                    if self.state != told:
                        told = self.state
                        yield {"event": "state", "data": told}
                    changed = self._changed(watched, tab)
                    if changed:
                        yield self._event(changed)
                    await self.listeners.news(tab)
            finally:
                self._leave(watched, tab)

    def _changed(self, watched: Watched, tab: Tab) -> dict[str, tuple[str, str]]:
        changed: dict[str, tuple[str, str]] = {}
        for shown in (self.around.shown, watched.shown):
            for name, part in shown.items():
                if tab.has.get(name) != part.mark:
                    tab.has[name] = part.mark
                    changed[name] = (part.mark, part.html)
        return changed

    def _event(self, changed: dict[str, tuple[str, str]]) -> bytes:
        """What many tabs are told alike is written once. JSON has no line of its own."""
        marks = tuple((name, mark) for name, (mark, _) in changed.items())
        if marks not in self.written:
            self.written[marks] = b"event: parts\r\ndata: " + msgspec.json.encode(changed) + b"\r\n\r\n"
        return self.written[marks]

    def _enter(self, page: Page, key: Key, tab: Tab) -> Watched:
        watched = self.watched.setdefault((page.name, key), Watched(page, key))
        if not key[1]:  # what stands around it is read of the same fleet
            watched.memory["fleet"] = self.around.memory.setdefault("fleet", fleet_read.Memory())
        watched.tabs.add(tab)
        if self.reading is None:
            self.reading = Reading(self.home, self._deliver, poll_s=self.poll_s)
            self.reading.start()
        self.reading.ask("pages", self._answer)
        return watched

    def _leave(self, watched: Watched, tab: Tab) -> None:
        watched.tabs.discard(tab)
        if not watched.tabs:
            self.watched.pop((watched.page.name, watched.key), None)
        if not self.watched and self.reading is not None:
            self.reading.is_over = True
            self.reading.wake.set()
            self.reading = None

    def end(self) -> None:
        """Read no more: whoever reads on takes the time that the streams need to end."""
        if self.reading is not None:
            self.reading.is_over = True

    # -- in the thread that reads

    def _answer(self, reader: sqlite3.Connection, now_s: float) -> list[tuple[Watched, dict[str, Part]]]:
        found: list[tuple[Watched, dict[str, Part]]] = []
        for watched in (self.around, *list(self.watched.values())):
            asked = asked_again(reader, self.home, now_s, watched.page, watched.key, watched.memory, self.means)
            try:
                answer = watched.page.read(asked)
            except UsageTrouble:
                continue  # it is not recorded any more: what is shown stays
            if answer is watched.answer:
                continue
            watched.answer = answer
            found.append((watched, parts(watched.page, answer, now_s)))
        return found

    def _deliver(self, told: Told) -> None:
        self.listeners.call(self._publish, told)

    # -- in the loop again

    def _publish(self, told: Told) -> None:
        before, self.state = self.state, recording_words(told)
        self.written.clear()
        for watched, shown in told.answer or ():
            before_marks = {name: part.mark for name, part in watched.shown.items()}
            watched.shown = shown
            if before_marks != {name: part.mark for name, part in shown.items()}:
                for tab in self.tabs() if watched is self.around else watched.tabs:
                    tab.news.set()
        if self.state != before:
            for tab in self.tabs():
                tab.news.set()
