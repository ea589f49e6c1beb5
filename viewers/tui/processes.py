"""The processes of agents: how each is and why. What ends or keeps one asks first."""

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from store.errors import FleetmeterError
from store.shown_process import Acted, Shown
from viewers.panels import processes as panels
from viewers.panels.ink import Line, Panel
from viewers.panels.processes import HEALTHY, SORTS, Look
from viewers.panels.reading import Question
from viewers.processes.desk import Desk
from viewers.query import rows
from viewers.tui.ask import Ask
from viewers.tui.face import Act, Face
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words

EVERY_S = 5.0
COLUMNS = {"+children": "memory", "up": "age"}
"""What is sorted by where the name of a column is another."""
NEWS_S = 10.0
"""So long it stands there what became of an act."""
LEAST_S = 2.0
"""What is recorded meanwhile makes nobody look more often."""


class Memory:
    """The last look: every commit asks again, and none of them needs a new one."""

    def __init__(self) -> None:
        self.looked_s, self.found = 0.0, list[Shown]()
        self.keys: dict[str, int] = {}
        """The id of a session → its key."""

    def look(self, reader: sqlite3.Connection, desk: Desk) -> list[Shown]:
        if time.monotonic() - self.looked_s >= LEAST_S:
            self.found = list(desk.look())
            self.looked_s = time.monotonic()
            for id_ in {id_ for one in self.found for id_, _, _ in one.sessions} - self.keys.keys():
                for (key,) in rows(reader, "key_of_session", id=id_):
                    self.keys[id_] = key
        return self.found


class ProcessesFace(Face):
    """The screen."""

    title, number = "Processes", "5"
    keys = "enter open session  x stop…  X stop all…  K keep…  t tree  a all  s sort  / filter  b back"
    help = (
        ("enter", "open its session"), ("x", "stop the process; asks first"),
        ("X", "stop it and all it started"), ("t", "show what each started"),
        ("K", "keep it from being stale"), ("a", "also helpers, launchers"),
        ("s", "sort: state, memory, cpu, age"), ("/", "filter; esc clears it"),
    )  # fmt: skip
    acts = (
        Act("stop the one under the cursor…", "stop", "x"), Act("stop it and all it started…", "stop_all", "X"),
        Act("keep it from being called stale…", "keep", "K"), Act("show what each started", "tree", "t"),
        Act("also helpers and launchers", "all", "a"), Act("sort by state, memory, cpu, age", "sort", "s"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "stop"), Binding("X", "stop_all"), Binding("t", "tree"),
        Binding("K", "keep"), Binding("a", "all"), Binding("s", "sort"),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.memory = Memory()
        self.asked_s = 0.0
        self.outcome: Line = ()
        self.said_s = 0.0

    def compose(self) -> ComposeResult:
        yield Words(id="process-sums")
        yield Words(id="process-head")
        yield View(id="processes")
        yield Words(id="process-why")

    def first(self) -> str:
        return "#processes"

    def question(self) -> tuple[str, Question]:
        desk, memory = host(self).desk, self.memory
        self.asked_s = time.monotonic()

        def ask(reader: sqlite3.Connection, _now_s: float) -> Sequence[Shown]:
            return memory.look(reader, desk) if desk is not None else ()

        return "processes", ask

    def draw(self, now_s: float) -> None:
        if time.monotonic() - self.asked_s >= EVERY_S:
            host(self).ask()
        view = self.query_one("#processes", View)
        found: list[Shown] | None = self.answer
        if host(self).desk is None:
            view.show(Panel("Agent processes", empty="`fleetmeter tui` shows them"))
            return
        view.show(panels.panel(found, self.look, view.inside, now_s))
        self.query_one("#process-sums", Words).show(
            panels.summary(panels.arranged(found or (), Look(is_all=self.look.is_all)))
        )
        self.query_one("#process-head", Words).show(panels.head(view.inside))
        one = self._chosen()
        is_news = self.outcome and time.monotonic() - self.said_s < NEWS_S
        self.query_one("#process-why", Words).show(self.outcome if is_news else panels.advice(one) if one else ())

    def on_view_moved(self, moved: View.Moved) -> None:
        self.draw(time.time())

    def on_view_opened(self, opened: View.Opened) -> None:
        one = self._chosen()
        key = self.memory.keys.get(one.sessions[0][0]) if one is not None and one.sessions else None
        if key is not None:
            host(self).open_session(key)

    def filtered(self, needle: str) -> None:
        self._look(self.look._replace(needle=needle))

    def action_all(self) -> None:
        self._look(self.look._replace(is_all=not self.look.is_all))

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        """A click on the name of a column."""
        pressed.stop()
        word = COLUMNS.get(pressed.text, pressed.text)
        if pressed.words.id == "process-head" and word in SORTS:
            self._look(self.look._replace(sort=word))

    def action_sort(self) -> None:
        self._look(self.look._replace(sort=SORTS[(SORTS.index(self.look.sort) + 1) % len(SORTS)]))

    def action_stop(self) -> None:
        if (one := self._chosen()) is not None:
            self._stop(one, force=False)

    def action_stop_all(self) -> None:
        if (one := self._chosen()) is not None:
            self._stop(one, force=False, tree=True)

    def action_tree(self) -> None:
        self._look(self.look._replace(is_tree=not self.look.is_tree))

    def action_keep(self) -> None:
        one, desk = self._chosen(), host(self).desk
        if one is None or desk is None:
            return
        act, key, is_on = "Unpin" if one.is_pinned else "Keep", os.urandom(8).hex(), not one.is_pinned
        title, words = panels.question(one, act)

        def answered(is_yes: bool | None) -> None:
            if is_yes:
                self._do(one, lambda: desk.pin(one.pid, one.born, key=key, is_on=is_on))

        host(self).push_screen(Ask(title, words, act, is_yes=True), answered)

    def _stop(self, one: Shown, *, force: bool, tree: bool = False) -> None:
        """One dialog is one request: whatever is pressed in it, it acts once."""
        desk, key = host(self).desk, os.urandom(8).hex()
        if desk is None:
            return
        act = "Kill" if force else panels.TREE if tree else "Stop"
        title, words = panels.question(one, act)

        def answered(is_yes: bool | None) -> None:
            if is_yes:
                self._do(one, lambda: desk.kill(one.pid, one.born, key=key, force=force, tree=tree), tree=tree)

        ask = Ask(title, words, act, is_yes=one.state not in HEALTHY)
        host(self).push_screen(ask, answered)

    def _do(self, one: Shown, act: Callable[[], Acted], *, tree: bool = False) -> None:
        """It takes seconds: the screen goes on meanwhile."""
        self._say(" at it; this takes some seconds", "muted")
        app = host(self)

        def run() -> None:
            try:
                acted = act()
            except (FleetmeterError, sqlite3.Error, OSError) as error:
                app.call_from_thread(self._say, f" {error}", "bad")
            else:
                app.call_from_thread(self._done, one, acted, tree)

        self.run_worker(run, thread=True, group="acts")

    def _done(self, one: Shown, acted: Acted, tree: bool) -> None:
        self.memory.looked_s = 0.0
        host(self).ask()
        self._say(f" process {acted.pid}: {acted.words}", "warn" if acted.result == "alive" else "ok")
        if acted.result == "alive":
            self._stop(one, force=True, tree=tree)

    def _say(self, words: str, style: str) -> None:
        self.outcome, self.said_s = ((words, style),), time.monotonic()
        self.draw(time.time())

    def _chosen(self) -> Shown | None:
        key = self.query_one("#processes", View).key
        return next((one for one in self.answer or () if panels.key_of(one) == key), None)

    def _look(self, look: Look) -> None:
        self.look = look
        self.draw(time.time())
