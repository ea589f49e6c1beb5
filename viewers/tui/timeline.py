"""Timeline: what ran when, a lane for each session, from hours to a week."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from viewers.panels import timeline
from viewers.panels import timeline_read as read
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.face import Act, Face, Place
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words


class TimelineFace(Face):
    """The screen."""

    title, number = "Timeline", "8"
    keys = "left right scroll  h d w hours day week  N now  t subagents  enter open  / filter  b back  p pause"
    help = (
        ("left right", "earlier, later"), ("h d w", "six hours, a day, a week"), ("N", "until now"),
        ("t", "subagents, or sessions alone"),
        ("enter", "open the session"), ("/", "project, agent, title"), ("b", "back to the fleet"),
    )  # fmt: skip
    acts = (
        *(Act(name, f"span({at})", "hdw"[at]) for at, (name, _, _) in enumerate(read.SPANS)),
        Act("until now", "now", "N"), Act("subagents, or sessions alone", "deep", "t"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,[", "scroll(1)"), Binding("right,]", "scroll(-1)"), Binding("N", "now"),
        Binding("t", "deep"),
        *(Binding(key, f"span({at})") for at, key in enumerate("hdw")),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = "TimelineFace { layout: vertical; }"

    def __init__(self) -> None:
        super().__init__()
        self.which, self.back_s = 1, 0.0
        self.is_deep = True
        self.memory = read.Memory()
        self.drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Words(id="span")
        yield Words(id="axis")
        yield View(id="lanes")

    def first(self) -> str:
        return "#lanes"

    def question(self) -> tuple[str, Question]:
        which, back_s, memory = self.which, self.back_s, self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Timeline:
            return read.read(reader, memory, which, back_s, now_s)

        return f"timeline {which} {back_s}", ask

    def draw(self, now_s: float) -> None:
        found: read.Timeline | None = self.answer
        lanes = self.query_one("#lanes", View)
        self.query_one("#span", Words).show(timeline.strip(found, self.which))
        if found is None:
            lanes.show(Panel("Timeline", empty=host(self).unread))
            return
        drawn = (found, self.needle, lanes.inside, self.is_deep)
        if drawn != self.drawn:  # a thousand lanes take a while, and none moves before it is read again
            self.drawn = drawn
            self.query_one("#axis", Words).show(timeline.axis(found, lanes.inside, now_s))
            lanes.show(timeline.panel(found, lanes.inside, now_s, self.needle, is_deep=self.is_deep))

    def on_view_opened(self, opened: View.Opened) -> None:
        """The session; where an agent in it ended, if it was its lane."""
        key, _, run = opened.key.partition(" ")
        lanes = self.answer.lanes if self.answer else ()
        ends = (one.last_at for lane in lanes if str(lane.key) == key for one in lane.inner if one.run_id == run)
        at = next(ends, None)
        host(self).open_session(int(key), Place("", at) if at else None)

    def filtered(self, needle: str) -> None:
        self.draw(time.time())

    def action_scroll(self, by: int) -> None:
        self.back_s = max(self.back_s + by * read.SPANS[self.which][1] / 2, 0.0)
        host(self).ask()

    def action_deep(self) -> None:
        self.is_deep = not self.is_deep
        self.draw(time.time())

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        pressed.stop()
        names = [name for name, _, _ in read.SPANS]
        if (word := pressed.text.strip("▐▌ ")) in names:
            self.action_span(names.index(word))

    def action_now(self) -> None:
        self.back_s = 0.0
        host(self).ask()

    def action_span(self, which: int) -> None:
        self.which = which
        host(self).ask()
