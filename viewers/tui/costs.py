"""What was spent: by day, week or month, by model, project, agent or session, and down to the prompts of one."""

import os
import sqlite3
import time
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import costs, costs_export, costs_when
from viewers.panels import costs_read as read
from viewers.panels.costs_read import Ask
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.entry import Entry
from viewers.tui.face import Act, Face, Place
from viewers.tui.host import host
from viewers.tui.parts import Parts
from viewers.tui.view import View
from viewers.tui.words import Words

PARTS = ("parts", "budgets", "blocks", "hours", "chart")
"""The panels, in the order of Tab."""
BESIDE = ("budgets", "blocks", "hours")
"""Those that share the place at the right where there is no room for all."""
HIGH = 38
"""From so many lines on there is."""
NARROW, WIDE, LOW = 42, 56, 10
"""The columns of what stands at the right, and the lines of what stands below."""


class CostsFace(Face):
    """The screen."""

    title, number = "Costs", "3"
    keys = "[ ] range  c custom  g group by  enter drill down  esc widens  tab panel  u unit  o sort  e export  z zoom"
    help = (
        ("[ ]  c", "another range; type one"), ("g", "by model, project, agent…"), ("u", "columns: day, week, month"),
        ("enter", "narrow to this; a session"), ("esc  b", "widen again, back"), ("e", "export: .csv or .json"),
        ("o", "sort by cost, tokens, name"), ("tab  t", "blocks, hours, budgets"), ("/  z", "filter; only this panel"),
    )  # fmt: skip
    acts = (
        *(Act(f"range {name}", f"show_range({at})") for at, (name, _, _) in enumerate(read.RANGES)),
        *(Act(f"by {by}", f"show_by('{by}')", "g") for by in read.BYS),
        Act("type a range of days", "custom", "c"), Act("day, week or month for each column", "unit", "u"),
        Act("sort the table by cost, tokens or name", "sort", "o"), Act("export as CSV or JSON", "export", "e"),
        Act("blocks, hours, budgets", "beside", "t"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "range(-1)"), Binding("]", "range(1)"), Binding("c", "custom"), Binding("g", "by"),
        Binding("u", "unit"), Binding("o", "sort"), Binding("e", "export"), Binding("t", "beside"),
        Binding("z", "zoom"), Binding("escape", "widen(False)"), Binding("b", "widen(True)"),
        Binding("tab", "part(1)", show=False), Binding("shift+tab", "part(-1)", show=False),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    CostsFace #chart { height: 13; }
    CostsFace #under { layout: grid; height: 1fr; }
    .-low CostsFace #chart { height: 9; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked = Ask()
        self.past: list[tuple[Ask, str]] = []
        """What was asked before each step down, and the row that was chosen."""
        self.session = ""
        self.part = self.beside = 0
        self.sort = costs.SORTS[0]
        self.zoomed = ""
        self.memory = read.Memory()

    def compose(self) -> ComposeResult:
        yield Words(id="range")
        yield Words(id="month")
        yield View(id="chart", has_cursor=False)
        with Container(id="under"):
            yield Parts(id="parts")
            yield View(id="budgets", has_cursor=False)
            yield View(id="blocks", has_cursor=False)
            yield View(id="hours", has_cursor=False)

    def first(self) -> str:
        return "#parts"

    def question(self) -> tuple[str, Question]:
        asked, memory = self.asked, self.memory
        has_when = bool({"blocks", "hours"} & set(self._shown()))

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Costs:
            return read.read(reader, memory, asked, now_s, has_when=has_when)

        return f"costs {asked} {has_when}", ask

    def draw(self, now_s: float) -> None:
        self._arrange()
        found: read.Costs | None = self.answer
        views = {name: self.query_one(f"#{name}", View) for name in PARTS}
        if found is None:
            for view in views.values():
                view.show(Panel("Costs", empty=host(self).unread))
            return
        width = self.screen.size.width
        self.query_one("#range", Words).show(costs.strip(found, width))
        self.query_one("#month", Words).show(costs.second(found, width, self.session))
        for name, view in views.items():
            if view.display and view.size.width:
                view.show(self._panel(name, view, found, now_s))

    def _panel(self, name: str, view: View, found: read.Costs, now_s: float) -> Panel:
        columns = view.inside
        if name == "chart":
            return costs.chart(found, columns, view.room)
        if name == "parts":
            return costs.table(found, columns, self.needle, now_s, self.sort)
        if name == "budgets":
            return costs.budgets(found, columns)
        drawn = costs_when.blocks if name == "blocks" else costs_when.hours
        return drawn(found.when, columns, now_s) if found.when else view.panel._replace(empty=host(self).unread)

    # -- which panels there are

    def _shown(self) -> tuple[str, ...]:
        """The panels for which there is room."""
        columns, lines = self.screen.size
        chosen = PARTS[self.part % len(PARTS)]
        if self.zoomed or self.is_single:
            return (self.zoomed or chosen,)
        if columns < 100:
            return ("chart", chosen if chosen != "chart" else "parts")
        plans = self.answer.plans if self.answer else None
        beside = BESIDE if plans and (plans.budgets or plans.trouble) else BESIDE[1:]
        if lines < HIGH:
            return ("chart", "parts", beside[self.beside % len(beside)])
        return ("chart", "parts", *beside)

    def _arrange(self) -> None:
        shown = self._shown()
        for name in PARTS:
            self.query_one(f"#{name}", View).display = name in shown
        below = [name for name in shown if name != "chart"]
        is_high = len(below) > 2
        self.query_one("#chart").styles.height = "1fr" if not below else None
        under = self.query_one("#under")
        under.display = bool(below)
        under.styles.grid_size_columns = min(len(below), 2) or 1
        under.styles.grid_columns = f"1fr {NARROW if self.screen.size.width < 120 else WIDE}" if below[1:] else "1fr"
        under.styles.grid_rows = f"1fr {LOW}" if is_high else "1fr"
        self.query_one("#parts").styles.column_span = 2 if is_high and "budgets" not in shown else 1

    def action_part(self, by: int) -> None:
        if self.screen.size.width >= 100 and not self.is_single:
            if by > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
            return
        self.part = (self.part + by) % (len(PARTS) - (not self.is_single))
        self._again(PARTS[self.part])

    def action_beside(self) -> None:
        self.beside += 1
        self._again()

    def action_zoom(self) -> None:
        focused = self.screen.focused
        self.zoomed = "" if self.zoomed or not isinstance(focused, View) else focused.id or ""
        self._again(self.zoomed)

    def _again(self, focused: str = "") -> None:
        self._arrange()
        if focused:
            self.query_one(f"#{focused}", View).focus()
        host(self).ask()
        self.call_after_refresh(host(self).tick)

    # -- what is asked

    def action_range(self, by: int) -> None:
        at = self.asked.range if self.asked.span else self.asked.range + by
        self.action_show_range(max(min(at, len(read.RANGES) - 1), 0))

    def action_show_range(self, at: int) -> None:
        self._ask(self.asked._replace(range=at, span=None))

    def action_custom(self) -> None:
        proposed = " ".join(self.asked.span or ())
        keys = "2026-11-01 2026-11-07 · 2026-11 · last-week · 28d · enter shows it, esc closes"
        accept = partial(read.typed, now_s=time.time())
        host(self).push_screen(Entry("Show the days from and to", proposed, keys, accept), self._typed)

    def _typed(self, span: tuple[str, str] | None) -> None:
        if span is not None:
            self._ask(self.asked._replace(span=span))

    def action_by(self) -> None:
        if not self.asked.session:
            bys = [by for by in read.BYS if by not in dict(self.asked.narrow)]
            at = bys.index(self.asked.by) if self.asked.by in bys else -1
            self.action_show_by(bys[(at + 1) % len(bys)])

    def action_show_by(self, by: str) -> None:
        if not self.asked.session and by not in dict(self.asked.narrow):
            self.sort = costs.SORTS[0]
            self._ask(self.asked._replace(by=by))

    def action_unit(self) -> None:
        self._ask(self.asked._replace(unit=read.UNITS[(read.UNITS.index(self.asked.unit) + 1) % len(read.UNITS)]))

    def action_sort(self) -> None:
        if self.answer is not None:
            sorts = costs.sorts(self.answer)
            self._sort(sorts[(sorts.index(self.sort) + 1) % len(sorts)] if self.sort in sorts else sorts[0])

    def _sort(self, sort: str) -> None:
        self.sort = sort
        self.query_one("#parts", View).restart()
        host(self).tick()

    def _ask(self, asked: Ask) -> None:
        self.asked = asked
        host(self).ask()

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        """A range or a group that was clicked."""
        pressed.stop()
        word = pressed.text.strip("▐▌ ")
        names = [name for name, _, _ in read.RANGES]
        if word in names:
            self.action_show_range(names.index(word))
        elif word in read.BYS:
            self.action_show_by(word)
        elif word in (read.CUSTOM, self.asked.name):
            self.action_custom()

    def on_view_headed(self, headed: View.Headed) -> None:
        word = "cost" if headed.word == "share" else headed.word
        if self.answer is not None and word in costs.sorts(self.answer):
            self._sort(word)

    # -- down and up

    def on_view_opened(self, opened: View.Opened) -> None:
        found: read.Costs | None = self.answer
        part = next((part for part in found.parts if part.key == opened.key), None) if found else None
        if found is None or part is None or opened.view.id != "parts":
            return
        if found.ask.session:
            host(self).open_session(found.ask.session, Place("", part.at) if part.at else None)
            return
        self.past.append((found.ask, part.key))
        self.needle, self.sort = "", costs.SORTS[0]
        self.query_one("#parts", View).restart()
        if found.ask.by == "session":
            self.session = costs.session_words(part.name, part.agent)
            self._ask(found.ask._replace(session=int(part.key)))
        else:
            narrow = (*found.ask.narrow, (found.ask.by, part.key))
            self._ask(found.ask._replace(narrow=narrow, by="session"))

    async def action_widen(self, leaves: bool) -> None:
        if self.zoomed:
            self.action_zoom()
        elif self.needle and not leaves:
            self.filtered("")
        elif self.past:
            asked, _ = self.past.pop()
            self.session = ""
            self.query_one("#parts", View).restart()
            self._ask(asked._replace(range=self.asked.range, unit=self.asked.unit, span=self.asked.span))
        elif leaves:
            await self.run_action("app.return")

    def filtered(self, needle: str) -> None:
        self.needle = needle
        host(self).tick()

    def action_export(self) -> None:
        found: read.Costs | None = self.answer
        if found is not None:
            path = costs_export.proposed(found, os.getcwd())
            write = partial(costs_export.export, found)
            asked = Entry("Export to: .csv or .json", path, "enter writes it, esc closes", write)
            host(self).push_screen(asked, self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.notify(f"Written to {path}", markup=False)
