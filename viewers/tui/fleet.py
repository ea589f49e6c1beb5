"""The fleet: every session that is alive, today's money, plan limits, what needs attention."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import day, feed, fleet
from viewers.panels import fleet_read as read
from viewers.panels.fleet import SORTS, Look
from viewers.panels.reading import Question
from viewers.panels.words import folder
from viewers.tui.face import Act, Face
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words

STILL_S = 2.0
"""Rows change places only when the cursor has been still for so long."""
PREVIEW = 40
PARTS = ("sessions", "limits", "attention", "preview")
"""The panels, in the order of Tab."""


class FleetFace(Face):
    """The screen."""

    title, number = "Fleet", "1"
    keys = "enter open  a all/active  / filter  s sort  o by project  n needs you  p pause"
    help = (
        ("enter", "open the session"), ("a", "all sessions, or those of now"), ("/", "filter; esc clears it"),
        ("s  [ ]", "sort: state, cost, context …"), ("o", "group by project"), ("r", "read again now"),
    )  # fmt: skip
    acts = (
        Act("all sessions, or the active ones", "all", "a"), Act("sort by state, cost, context, age", "sort(1)", "s"),
        Act("group by project", "group", "o"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all"), Binding("s,]", "sort(1)"), Binding("[", "sort(-1)"), Binding("o", "group"),
        Binding("tab", "part(1)", show=False), Binding("shift+tab", "part(-1)", show=False),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    FleetFace #upper { layout: horizontal; height: 1fr; }
    FleetFace #side { layout: vertical; width: 38; height: 1fr; }
    FleetFace #limits { height: 10; }
    FleetFace #preview { height: 13; }
    .-narrow FleetFace #upper { layout: vertical; }
    .-narrow FleetFace #side { layout: horizontal; width: 1fr; height: 7; }
    .-narrow FleetFace #limits { height: 1fr; }
    .-single FleetFace #side { height: 1fr; }
    .-single FleetFace #preview { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.look = Look()
        self.memory = read.Memory()
        self.order: tuple[int, ...] = ()
        self.touched_s = 0.0
        self.preview = 0
        self.part = 0

    def compose(self) -> ComposeResult:
        yield Words(id="today")
        with Container(id="upper"):
            yield View(id="sessions")
            with Container(id="side"):
                yield View(id="limits", has_cursor=False)
                yield View(id="attention", has_cursor=False)
        yield View(id="preview")

    def first(self) -> str:
        return "#sessions"

    def question(self) -> tuple[str, Question]:
        is_all, memory = self.look.is_all, self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Fleet:
            found = read.fleet(reader, memory, now_s, is_all=is_all)
            if not self.preview:
                return found
            preview = read.feed(reader, self.preview, PREVIEW)
            return found._replace(preview=preview, names=read.names(reader, self.preview))

        return f"fleet {is_all}", ask

    def _arrange(self) -> None:
        """Show the panels for which there is room."""
        one, has_room = self.is_single, self.screen.size.height >= 32
        for name in PARTS:
            is_shown = name == PARTS[self.part] if one else name != "preview" or has_room
            self.query_one(f"#{name}", View).display = is_shown
        self.query_one("#side").display = not one or PARTS[self.part] in ("limits", "attention")
        self.query_one("#upper").display = not one or PARTS[self.part] != "preview"

    def action_part(self, by: int) -> None:
        if self.is_single:
            self.part = (self.part + by) % len(PARTS)
            self._arrange()
            self.query_one(f"#{PARTS[self.part]}", View).focus()
            self.call_after_refresh(host(self).tick)
        elif by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def draw(self, now_s: float) -> None:
        self._arrange()
        sessions = self.query_one("#sessions", View)
        answer: read.Fleet = self.answer or read.Fleet((), (), (), ())
        order = self.order if time.monotonic() - self.touched_s < STILL_S else ()
        lines = 2 if sessions.inside < 70 or self.screen.size.height < 32 else 3
        panel = fleet.panel(answer, self.look, sessions.inside, lines, now_s, order)
        if self.answer is None:
            panel = panel._replace(empty=host(self).unread)
        sessions.show(panel)
        self.order = tuple(int(row.key) for row in panel.rows if row.key.isdecimal())
        self.query_one("#today", Words).show(((" ", ""), *day.today(answer, self.size.width - 2, now_s)))
        limits, attention = self.query_one("#limits", View), self.query_one("#attention", View)
        limits.show(day.limits(answer.limits, limits.inside, now_s))
        attention.show(day.attention(answer, attention.inside, now_s))
        self._preview(answer, sessions.key)

    def _preview(self, answer: read.Fleet, key: str) -> None:
        view = self.query_one("#preview", View)
        wanted = int(key) if key.isdecimal() and view.display else 0
        if wanted != self.preview:
            self.preview = wanted
            host(self).ask()
        one = next((one for one in answer.sessions if one.now.key == wanted), None)
        name = folder(one.now.project) if one else "no session"
        view.show(
            feed.panel(
                answer.preview if one else (),
                view.inside,
                title=f"{name} · recent activity",
                fact="enter opens",
                names=dict(answer.names),
                cwd=one.card.cwd if one and one.card else None,
            )
        )

    def on_view_moved(self, moved: View.Moved) -> None:
        self.touched_s = time.monotonic()
        self.draw(time.time())

    def on_view_opened(self, opened: View.Opened) -> None:
        key = self.query_one("#sessions", View).key if opened.view.id == "preview" else opened.key
        if key.isdecimal():
            host(self).open_session(int(key))

    def filtered(self, needle: str) -> None:
        self._look(self.look._replace(needle=needle))

    def action_all(self) -> None:
        self._look(self.look._replace(is_all=not self.look.is_all))
        host(self).ask()

    def action_sort(self, by: int) -> None:
        self._look(self.look._replace(sort=SORTS[(SORTS.index(self.look.sort) + by) % len(SORTS)]))

    def on_view_headed(self, headed: View.Headed) -> None:
        if headed.view.id == "sessions":
            self.action_sort(1)

    def action_group(self) -> None:
        self._look(self.look._replace(is_grouped=not self.look.is_grouped))

    def _look(self, look: Look) -> None:
        self.look, self.touched_s = look, 0.0
        self.draw(time.time())
