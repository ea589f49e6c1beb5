"""One session: its context, its money, what runs in it, its agents, and all that was said."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import feed, session, session_cost, session_parts
from viewers.panels import session_read as read
from viewers.panels.day import limits
from viewers.panels.fleet_read import Moment
from viewers.panels.ink import Panel
from viewers.panels.moments import day
from viewers.panels.reading import Question
from viewers.processes import peaks
from viewers.tui.face import Act, Face, Place
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.whole import Whole
from viewers.tui.words import Words

PARTS = ("feed", "agents", "flows", "prompts", "tools", "tasks", "quotas")
"""The panels that share one place where there is little room, in the order of Tab."""
ALONE = ("feed", "context", "cost", "now", *PARTS[1:])
"""All of them, where there is room for one."""
BESIDE = ("prompts", "tools", "tasks", "quotas")


class SessionFace(Face):
    """The screen."""

    title, number = "Session", "2"
    keys = "b back  [ ] older/newer  tab panel  enter whole text  / search  z zoom  t beside  p pause"
    help = (
        ("enter", "whole text; a tool's calls"),
        ("b  esc", "back to where you were"), ("[ ]", "older, newer session"),
        ("tab", "next panel"), ("t", "prompts, tools, todo, limits"), ("z", "only this panel; again: all"),
        ("/", "search; is:error is:prompt"), ("y", "copy the session's id"), ("N", "to the newest, from a place"),
    )  # fmt: skip
    acts = (
        Act("copy its id", "copy", "y"), Act("older session", "near('before')", "["),
        Act("newer session", "near('after')", "]"), Act("prompts, tools, todo, limits", "beside", "t"),
        Act("only the panel in focus, or all", "zoom", "z"), Act("newest activity", "newest", "N"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "near('before')"), Binding("]", "near('after')"), Binding("z", "zoom"), Binding("t", "beside"),
        Binding("y", "copy"), Binding("N", "newest"),
        Binding("tab", "part(1)", show=False), Binding("shift+tab", "part(-1)", show=False),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    SessionFace .row { layout: horizontal; height: 9; }
    SessionFace #upper2 { height: 11; }
    SessionFace #lower { height: 1fr; }
    SessionFace #cost, SessionFace #flows, SessionFace .beside { width: 42; }
    .-low SessionFace #upper2 { height: 9; }
    .-low SessionFace #middle { height: 6; }
    .-narrow SessionFace #cost { width: 1fr; }
    .-narrow SessionFace #upper2 { height: 8; }
    .-narrow SessionFace #middle { height: 5; }
    .-narrow SessionFace .beside { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.key = 0
        self.place: Place | None = None
        self.is_there = False
        self.memory = read.Memory()
        self.beside = 0
        self.part = 0
        self.zoomed = ""

    def compose(self) -> ComposeResult:
        yield Words(id="what")
        yield Words(id="asked")
        with Container(id="upper2", classes="row"):
            yield View(id="context", has_cursor=False)
            yield View(id="cost", has_cursor=False)
        with Container(id="middle", classes="row"):
            yield View(id="now", has_cursor=False)
            yield View(id="agents")
            yield View(id="flows")
        with Container(id="lower", classes="row"):
            yield View(id="feed")
            for name in BESIDE:
                yield View(id=name, classes="beside")

    def first(self) -> str:
        return "#feed"

    def open(self, key: int, place: Place | None = None) -> None:
        if key != self.key or place != self.place:
            self.key, self.answer, self.zoomed, self.place, self.is_there = key, None, "", place, False
            self.query_one("#feed", View).restart()
            self.needle = ""

    def question(self) -> tuple[str, Question]:
        key, memory, around = self.key, self.memory, self.place.at if self.place else None
        home, needle = host(self).home, self.needle

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Session | None:
            found = read.session(reader, key or read.newest(reader), memory, now_s, around=around, needle=needle)
            return found._replace(peak=peaks.told(home, found.now.session_id, found.now.agent)) if found else None

        return f"session {key} {around} {needle}", ask

    def draw(self, now_s: float) -> None:
        self._arrange()
        found: read.Session | None = self.answer
        what, asked = self.query_one("#what", Words), self.query_one("#asked", Words)
        if found is None:
            unread = host(self).unread
            what.show(((f" {'no session is recorded yet' if self._was_read() else unread}", "muted"),))
            asked.show(())
            for view in self.query(View):
                view.show(Panel(view.panel.title, empty=format_empty(self._was_read(), unread)))
            return
        for words, line in zip((what, asked), session.heading(found, now_s), strict=True):
            words.show(line)
        names = {agent.run_id: agent.agent_type or agent.kind for agent in found.agents}
        for view in self.query(View):
            if view.display and view.size.width:
                view.show(self._panel(view, found, names, now_s))
        if self.place is not None and not self.is_there:
            self.is_there = self._go_to(self.place, found.feed)

    def _go_to(self, place: Place, moments: tuple[Moment, ...]) -> bool:
        """Put the cursor on it, or on what came last before it; says whether there was anything to stand on."""
        view = self.query_one("#feed", View)
        ref = next((one.ref for one in moments if one.ref == place.ref or (not place.ref and one.at <= place.at)), "")
        view.select(ref)
        return bool(view.panel.rows) or not moments

    def _was_read(self) -> bool:
        return host(self).was_read(self.question()[0])

    def _panel(self, view: View, found: read.Session, names: dict[str, str], now_s: float) -> Panel:
        columns = view.inside
        match view.id:
            case "context":
                return session.context(found, columns, view.room)
            case "cost":
                return session_cost.cost(found, columns)
            case "now":
                return session.now(found, columns, now_s, view.room)
            case "agents":
                return session_parts.agents(found, columns)
            case "flows":
                return session_parts.workflows(found, columns)
            case "prompts":
                return session_parts.prompts(found, columns)
            case "tools":
                return session_parts.tools(found, columns)
            case "quotas":
                return limits(found.limits, columns, now_s)
            case "tasks":
                return session.tasks(found, columns)
            case _:
                since = f"around {day(self.place.at, now_s)} · N newest" if self.place else "newest first"
                since = f"{view.cursor} newer · G goes there" if view.cursor and not self.place else since
                fact = f"search “{self.needle}”" if self.needle else since
                cwd = found.card.cwd if found.card else None
                title = "Recent activity" if len(found.feed) >= read.MOMENTS else "Activity"
                return feed.panel(found.feed, columns, title=title, fact=fact, needle=self.needle, names=names, cwd=cwd)

    # -- which panels there are

    @property
    def is_narrow(self) -> bool:
        return self.screen.size.width < 100 or self.is_single

    @property
    def parts(self) -> tuple[str, ...]:
        return ALONE if self.is_single else PARTS

    def _arrange(self) -> None:
        """Show the panels for which there is room."""
        several = 3 if self.screen.size.width >= 200 else 2 if self.screen.size.width >= 160 else 1
        shown = [BESIDE[(self.beside + at) % len(BESIDE)] for at in range(several)]
        for view in self.query(View):
            name = view.id or ""
            if self.zoomed:
                view.display = name == self.zoomed
            elif self.is_narrow:
                view.display = name == self.parts[self.part % len(self.parts)] if name in self.parts else True
            else:
                view.display = name not in BESIDE or name in shown
        for name in ("upper2", "middle", "lower"):
            row = self.query_one(f"#{name}")
            own = [view.id or "" for view in row.query(View) if view.display]
            row.display = bool(own)
            row.styles.height = "1fr" if self._is_large(own) else None

    def _is_large(self, names: list[str]) -> bool:
        if self.zoomed:
            return True
        return self.is_narrow and any(name in self.parts for name in names)

    def action_part(self, by: int) -> None:
        if not self.is_narrow or self.zoomed:
            if by > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
            return
        self.part = (self.part + by) % len(self.parts)
        self._again()
        self.query_one(f"#{self.parts[self.part]}", View).focus()

    def action_beside(self) -> None:
        self.beside = (self.beside + 1) % len(BESIDE)
        self._again()

    def action_zoom(self) -> None:
        focused = self.screen.focused
        self.zoomed = "" if self.zoomed or not isinstance(focused, View) else focused.id or ""
        self._again()

    def _again(self) -> None:
        self._arrange()
        self.call_after_refresh(host(self).tick)

    # -- what keys do

    def action_near(self, which: str) -> None:
        found: read.Session | None = self.answer
        key = getattr(found, which, None) if found else None
        if key is None:
            self.notify("No session before this one" if which == "before" else "This is the newest session")
        else:
            host(self).open_session(key)

    def action_newest(self) -> None:
        self.open(self.key)
        host(self).ask()

    def action_copy(self) -> None:
        if self.answer is not None:
            host(self).copy_to_clipboard(self.answer.now.session_id)
            self.notify(f"Copied {self.answer.now.session_id}")

    def on_view_moved(self, moved: View.Moved) -> None:
        """The ends of what was read are not those of the session: older moments follow, and newer ones."""
        found: read.Session | None = self.answer
        if moved.view.id != "feed" or found is None:
            return
        rows, needle = moved.view.panel.rows, self.needle
        is_older = len(found.feed) >= read.MOMENTS and rows and moved.key == rows[-1].key
        if is_older or (self.place is not None and rows and moved.key == rows[0].key != self.place.ref):
            end = found.feed[-1 if is_older else 0]
            self.open(found.now.key, Place(end.ref, end.at))
            self.needle = needle
            host(self).ask()
        else:
            host(self).tick()

    def on_view_opened(self, opened: View.Opened) -> None:
        """The whole of a moment; of an agent or a tool all its moments."""
        found: read.Session | None = self.answer
        if found is None:
            return
        if opened.view.id == "agents":
            self._seek(feed.RUN + opened.key)
        elif opened.view.id == "tools":
            self._seek(f"is:tool {opened.key}")
        elif (moment := self._moment(found, opened)) is not None:
            host(self).push_screen(Whole(moment, found.now.key))

    def _moment(self, found: read.Session, opened: View.Opened) -> Moment | None:
        if opened.view.id == "prompts":
            return next((session_parts.moment_of(one) for one in found.asked if one[0] == opened.key), None)
        ref = f"workflow {opened.key}" if opened.view.id == "flows" else opened.key
        return next((one for one in found.feed if one.ref == ref), None)

    def _seek(self, needle: str) -> None:
        self.zoomed, self.part = "", 0
        self.query_one("#feed", View).restart()
        self.filtered(needle)
        self._again()
        self.query_one("#feed", View).focus()

    def filtered(self, needle: str) -> None:
        self.needle = needle
        host(self).ask()
        host(self).tick()


def format_empty(was_read: bool, unread: str) -> str:
    """What an empty panel says."""
    return "none" if was_read else unread
