"""Tools: calls, errors, times, the slowest calls, the files that were changed most."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import tools
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.panels.search_read import understood
from viewers.tui.face import Act, Face, Place
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words


class ToolsFace(Face):
    """The screen."""

    title, number, typed = "Tools", "4", "a part of a tool's name, project: agent:"
    keys = "[ ] range  e errors/slowest  o sort  enter open there  / filter  tab panel  b back  p pause"
    help = (
        ("[ ]", "shorter, longer range"), ("e", "calls that failed, or slowest"), ("a", "calls of all tools"),
        ("o", "sort: calls, errors, times"),
        ("enter", "the calls of a tool; a call"), ("/", "name, project: agent:"), ("tab", "next panel"),
    )  # fmt: skip
    acts = (
        Act("calls that failed, or the slowest", "failed", "e"), Act("calls of all tools", "every", "a"),
        Act("sort by calls, errors, times", "sort", "o"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "range(-1)"), Binding("]", "range(1)"), Binding("e", "failed"), Binding("a", "every"),
        Binding("o", "sort"),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    ToolsFace #use { layout: horizontal; height: 1fr; }
    ToolsFace #detail { layout: vertical; width: 1fr; height: 1fr; }
    .-narrow ToolsFace #use { layout: vertical; }
    .-tiny ToolsFace #detail { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.which = 1
        self.is_failed = False
        self.sort = tools.SORTS[0]
        self.tool: str | None = None
        self.memory = tools.Memory()

    def compose(self) -> ComposeResult:
        yield Words(id="toolrange")
        with Container(id="use"):
            yield View(id="bytool")
            with Container(id="detail"):
                yield View(id="calls")
                yield View(id="edited")

    def first(self) -> str:
        return "#bytool"

    def question(self) -> tuple[str, Question]:
        memory = self.memory
        wanted = tools.Wanted(self.which, understood(self.needle), self.tool, self.is_failed)

        def ask(reader: sqlite3.Connection, now_s: float) -> tools.Tools:
            return tools.read(reader, memory, wanted, now_s)

        return f"tools {self.which} {self.tool} {self.is_failed} {self.needle}", ask

    def draw(self, now_s: float) -> None:
        found: tools.Tools | None = self.answer
        self.query_one("#toolrange", Words).show(tools.strip(found, self.which))
        table, calls, files = (self.query_one(f"#{name}", View) for name in ("bytool", "calls", "edited"))
        if found is None:
            for view in (table, calls, files):
                view.show(Panel(view.panel.title or "Tools", empty=host(self).unread))
            return
        table.show(tools.table(found, table.inside, self.sort))
        calls.show(tools.calls(found, calls.inside, now_s))
        files.show(tools.files(found, files.inside, now_s))

    def on_view_opened(self, opened: View.Opened) -> None:
        found: tools.Tools | None = self.answer
        if found is None:
            return
        if opened.view.id == "bytool":
            self.tool = opened.key
            self._again()
            self.query_one("#calls", View).focus()
            return
        number = int(opened.key.partition(" ")[0])
        if opened.view.id == "calls":
            call = found.calls[number]
            host(self).open_session(call.key, Place(call.ref, call.at))
        else:
            file = found.files[number]
            host(self).open_session(file.key, Place(file.ref, file.last_at))

    def filtered(self, needle: str) -> None:
        self._again()

    def action_range(self, by: int) -> None:
        self.which = max(min(self.which + by, len(tools.RANGES) - 1), 0)
        self._again()

    def action_failed(self) -> None:
        self.is_failed = not self.is_failed
        self._again()

    def action_every(self) -> None:
        self.tool = None
        self._again()

    def action_sort(self) -> None:
        self._sort(tools.SORTS[(tools.SORTS.index(self.sort) + 1) % len(tools.SORTS)])

    def _sort(self, sort: str) -> None:
        self.sort = sort
        self.query_one("#bytool", View).restart()
        self.draw(time.time())

    def on_view_headed(self, headed: View.Headed) -> None:
        if headed.view.id == "bytool" and headed.word in tools.SORTS:
            self._sort(headed.word)
        elif headed.view.id == "calls":
            self.action_failed()

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        pressed.stop()
        names = [name for name, _ in tools.RANGES]
        if (word := pressed.text.strip("▐▌ ")) in names:
            self.action_range(names.index(word) - self.which)

    def _again(self) -> None:
        self.query_one("#calls", View).restart()
        host(self).ask()
        self.draw(time.time())
