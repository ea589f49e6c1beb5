"""Timeline: what ran when, a lane for each session, from hours to a week."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from viewers.panels import timeline
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.face import Face
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words


class TimelineFace(Face):
    """The screen."""

    title, number = "Timeline", "8"
    keys = "left right scroll  h d w hours day week  n now  enter open  / filter  b back  p pause"
    help = (
        ("left right", "earlier, later"), ("h d w", "six hours, a day, a week"), ("n", "until now"),
        ("enter", "open the session"), ("/", "project, agent, title"), ("b", "back to the fleet"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,[", "scroll(1)"), Binding("right,]", "scroll(-1)"), Binding("n", "now"),
        *(Binding(key, f"span({at})") for at, key in enumerate("hdw")),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = "TimelineFace { layout: vertical; }"

    def __init__(self) -> None:
        super().__init__()
        self.which, self.back_s = 1, 0.0
        self.memory = timeline.Memory()

    def compose(self) -> ComposeResult:
        yield Words(id="span")
        yield Words(id="axis")
        yield View(id="lanes")

    def first(self) -> str:
        return "#lanes"

    def question(self) -> tuple[str, Question]:
        which, back_s, memory = self.which, self.back_s, self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> timeline.Timeline:
            return timeline.read(reader, memory, which, back_s, now_s)

        return f"timeline {which} {back_s}", ask

    def draw(self, now_s: float) -> None:
        found: timeline.Timeline | None = self.answer
        lanes = self.query_one("#lanes", View)
        self.query_one("#span", Words).show(timeline.strip(found, self.which))
        if found is None:
            lanes.show(Panel("Timeline", empty="reading"))
            return
        self.query_one("#axis", Words).show(timeline.axis(found, lanes.inside, now_s))
        lanes.show(timeline.panel(found, lanes.inside, now_s, self.needle))

    def on_view_opened(self, opened: View.Opened) -> None:
        host(self).open_session(int(opened.key))

    def filtered(self, needle: str) -> None:
        self.draw(time.time())

    def action_scroll(self, by: int) -> None:
        self.back_s = max(self.back_s + by * timeline.SPANS[self.which][1] / 2, 0.0)
        host(self).ask()

    def action_now(self) -> None:
        self.back_s = 0.0
        host(self).ask()

    def action_span(self, which: int) -> None:
        self.which = which
        host(self).ask()
