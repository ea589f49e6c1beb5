"""Health: whether all is recorded, how far it is, what troubles it, and what to do."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from viewers.panels import health
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.face import Face
from viewers.tui.host import host
from viewers.tui.view import View

PARTS = (("collector", health.collector), ("files", health.files), ("findings", health.findings),
         ("rejects", health.rejects))  # fmt: skip


class HealthFace(Face):
    """The screen."""

    title, number = "Health", "7"
    keys = "tab panel  j/k scroll  r read again  b back  p pause"
    help = (("tab", "next panel"), ("j k", "scroll"), ("r", "ask again now"), ("b", "back to the fleet"))
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS: ClassVar[str] = """
    HealthFace #state { layout: horizontal; height: 13; }
    HealthFace #rejects { height: 9; }
    .-low HealthFace #state { height: 8; }
    .-low HealthFace #rejects { height: 4; }
    .-narrow HealthFace #files { width: 34; }
    .-tiny HealthFace #rejects, .-tiny HealthFace #files { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.memory = health.Memory()

    def compose(self) -> ComposeResult:
        with Container(id="state"):
            yield View(id="collector", has_cursor=False)
            yield View(id="files", has_cursor=False)
        yield View(id="findings", has_cursor=False)
        yield View(id="rejects", has_cursor=False)

    def first(self) -> str:
        return "#findings"

    def question(self) -> tuple[str, Question]:
        memory = self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> health.Health:
            return health.read(reader, memory, now_s)

        return "health", ask

    def draw(self, now_s: float) -> None:
        for name, drawn in PARTS:
            view = self.query_one(f"#{name}", View)
            if self.answer is None:
                view.show(Panel(view.panel.title or "Health", empty=host(self).unread))
            elif view.size.width:
                view.show(drawn(self.answer, view.inside))
