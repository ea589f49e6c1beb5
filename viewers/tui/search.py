"""Where words were said: matches of all sessions, the text of one, and the session at that place."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import search
from viewers.panels import search_read as read
from viewers.panels.ink import Ink, Panel
from viewers.panels.reading import Question
from viewers.screen.text import clean
from viewers.tui.face import Face, Place
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words

EVERY = ("all", *read.KINDS)


class SearchFace(Face):
    """The screen."""

    title, number, typed = "Search", "6", 'words, "a phrase", project: agent: since:7d until:'
    keys = "/ words  enter open there  f of what  tab text  b back  p pause"
    help = (
        ("/", "what to search for"), ("enter", "open the session there"), ("f", "prompts, replies, tools …"),
        ("tab", "the text of a match"), ('"a b"', "these words side by side"), ("since:7d", "project: agent: until:"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "kind(1)"), Binding("F", "kind(-1)", show=False)]
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    SearchFace #both { layout: horizontal; height: 1fr; }
    SearchFace #text { width: 1fr; }
    .-narrow SearchFace #both { layout: vertical; }
    .-narrow SearchFace #text { height: 6; }
    .-tiny SearchFace #text { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind = 0
        self.memory = read.Memory()
        self.drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Words(id="query")
        with Container(id="both"):
            yield View(id="matches")
            yield View(id="text", has_cursor=False)

    def first(self) -> str:
        return "#matches"

    def question(self) -> tuple[str, Question]:
        asked = read.understood(self.needle)
        if self.kind:
            asked = asked._replace(kinds=(EVERY[self.kind],))
        memory = self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Found:
            return read.again(reader, memory, asked, now_s)

        return f"search {self.kind} {self.needle}", ask

    def draw(self, now_s: float) -> None:
        found: read.Found | None = self.answer
        matches = self.query_one("#matches", View)
        # What was found is drawn again only when it changed: snippets of hundreds of texts take a while.
        drawn = (found, self.needle, matches.inside, time.localtime(now_s).tm_yday)
        if drawn != self.drawn:
            self.drawn = drawn
            panel = search.panel(found, matches.inside, now_s)
            matches.show(panel._replace(empty="searching") if found is None and self.needle else panel)
        self._line()
        self._text()

    def _line(self) -> None:
        inks: list[Ink] = [(" / ", "accent"), (clean(self.needle) or "words", "bold" if self.needle else "muted")]
        inks.append(("   ", ""))
        for number, name in enumerate(EVERY):
            is_on = number == self.kind
            inks.append((f"▐{name}▌" if is_on else f" {name} ", "tab" if is_on else "muted"))
        self.query_one("#query", Words).show(tuple(inks))

    def _text(self) -> None:
        view = self.query_one("#text", View)
        if view.display and view.size.width:
            match = self._match(self.query_one("#matches", View).key)
            terms = self.answer.asked.terms if self.answer else ()
            view.show(search.preview(match, terms, view.inside) if match else Panel("Text", empty=""))

    def _match(self, ref: str) -> read.Match | None:
        return next((one for one in self.answer.matches if one.ref == ref), None) if self.answer else None

    def on_view_moved(self, moved: View.Moved) -> None:
        if moved.view.id == "matches":
            self.query_one("#text", View).restart()
            self._text()

    def on_view_opened(self, opened: View.Opened) -> None:
        match = self._match(self.query_one("#matches", View).key)
        if match is not None:
            host(self).open_session(match.key, Place(match.ref, match.at) if match.at else None)

    def filtered(self, needle: str) -> None:
        self.query_one("#matches", View).restart()
        host(self).ask()
        host(self).tick()

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        pressed.stop()
        if (word := pressed.text.strip("▐▌ ")) in EVERY:
            self.action_kind(EVERY.index(word) - self.kind)

    def action_kind(self, by: int) -> None:
        self.kind = (self.kind + by) % len(EVERY)
        self.filtered(self.needle)
