"""What was spent: by day, week or month, by model, project, agent or session, and down to the prompts of one."""

import os
import sqlite3
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from viewers.panels import costs, costs_export
from viewers.panels import costs_read as read
from viewers.panels.costs_read import Ask
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.exporting import Exporting
from viewers.tui.face import Face
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words

PARTS = ("parts", "budgets", "chart")
"""The panels, in the order of Tab."""


class Parts(View, inherit_bindings=False):
    """A table whose `g` is not the oldest row: here it says by what is summed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False), Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False), Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "edge(0)", show=False), Binding("end", "edge(1)", show=False),
        Binding("enter", "open", "open", show=False),
    ]  # fmt: skip


class CostsFace(Face):
    """The screen."""

    title, number = "Costs", "3"
    keys = "[ ] range  g group by  enter drill down  esc widens  u day/week/month  e export  / filter"
    help = (
        ("[ ]", "shorter, longer range"), ("g", "by model, project, agent…"), ("u", "columns: day, week, month"),
        ("enter", "narrow to this; a session"), ("esc  b", "widen again, back"), ("e", "export: .csv or .json"),
        ("/", "filter the table"), ("tab", "next panel"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "range(-1)"), Binding("]", "range(1)"), Binding("g", "by"), Binding("u", "unit"),
        Binding("e", "export"), Binding("escape", "widen(False)"), Binding("b", "widen(True)"),
        Binding("tab", "part(1)", show=False), Binding("shift+tab", "part(-1)", show=False),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    CostsFace #chart { height: 15; }
    CostsFace #under { layout: horizontal; height: 1fr; }
    CostsFace #budgets { width: 42; }
    .-low CostsFace #chart { height: 9; }
    .-narrow CostsFace #budgets { width: 1fr; }
    .-single CostsFace #chart { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked = Ask()
        self.past: list[tuple[Ask, str]] = []
        """What was asked before each step down, and the row that was chosen."""
        self.session = ""
        self.part = 0
        self.memory = read.Memory()

    def compose(self) -> ComposeResult:
        yield Words(id="range")
        yield Words(id="month")
        yield View(id="chart", has_cursor=False)
        with Container(id="under"):
            yield Parts(id="parts")
            yield View(id="budgets", has_cursor=False)

    def first(self) -> str:
        return "#parts"

    def question(self) -> tuple[str, Question]:
        asked, memory = self.asked, self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> read.Costs:
            return read.read(reader, memory, asked, now_s)

        return f"costs {asked}", ask

    def draw(self, now_s: float) -> None:
        self._arrange()
        found: read.Costs | None = self.answer
        chart, parts, budgets = (self.query_one(f"#{name}", View) for name in ("chart", "parts", "budgets"))
        if found is None:
            for view in (chart, parts, budgets):
                view.show(Panel("Costs", empty="reading"))
            return
        width = self.screen.size.width
        self.query_one("#range", Words).show(costs.strip(found, width))
        self.query_one("#month", Words).show(costs.second(found, width, self.session))
        chart.show(costs.chart(found, chart.inside, chart.room))
        parts.show(costs.table(found, parts.inside, self.needle, now_s))
        budgets.show(costs.budgets(found, budgets.inside))

    def _arrange(self) -> None:
        """Show the panels for which there is room."""
        chosen = PARTS[self.part]
        is_narrow = self.screen.size.width < 100
        has_budgets = bool(self.answer and (self.answer.plans.budgets or self.answer.plans.trouble))
        for name in PARTS:
            view = self.query_one(f"#{name}", View)
            if self.is_single:
                view.display = name == chosen
            elif name == "chart":
                view.display = True
            elif is_narrow:
                view.display = name == (chosen if chosen != "chart" else "parts")
            else:
                view.display = name == "parts" or has_budgets
        self.query_one("#under").display = not self.is_single or chosen != "chart"

    def action_part(self, by: int) -> None:
        if self.screen.size.width >= 100 and not self.is_single:
            if by > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
            return
        self.part = (self.part + by) % (len(PARTS) if self.is_single else 2)
        self._arrange()
        self.query_one(f"#{PARTS[self.part]}", View).focus()
        self.call_after_refresh(host(self).tick)

    def action_range(self, by: int) -> None:
        self._ask(self.asked._replace(range=max(min(self.asked.range + by, len(read.RANGES) - 1), 0)))

    def action_by(self) -> None:
        if not self.asked.session:
            bys = [by for by in read.BYS if by not in dict(self.asked.narrow)]
            at = bys.index(self.asked.by) if self.asked.by in bys else -1
            self._ask(self.asked._replace(by=bys[(at + 1) % len(bys)]))

    def action_unit(self) -> None:
        self._ask(self.asked._replace(unit=read.UNITS[(read.UNITS.index(self.asked.unit) + 1) % len(read.UNITS)]))

    def _ask(self, asked: Ask) -> None:
        self.asked = asked
        host(self).ask()

    # -- down and up

    def on_view_opened(self, opened: View.Opened) -> None:
        found: read.Costs | None = self.answer
        part = next((part for part in found.parts if part.key == opened.key), None) if found else None
        if found is None or part is None or opened.view.id != "parts":
            return
        if found.ask.session:
            host(self).open_session(found.ask.session)
            return
        self.past.append((found.ask, part.key))
        self.needle = ""
        self.query_one("#parts", View).restart()
        if found.ask.by == "session":
            self.session = costs.session_words(part.name, part.agent)
            self._ask(found.ask._replace(session=int(part.key)))
        else:
            narrow = (*found.ask.narrow, (found.ask.by, part.key))
            self._ask(found.ask._replace(narrow=narrow, by="session"))

    async def action_widen(self, leaves: bool) -> None:
        if self.needle and not leaves:
            self.filtered("")
        elif self.past:
            asked, _ = self.past.pop()
            self.session = ""
            self.query_one("#parts", View).restart()
            self._ask(asked._replace(range=self.asked.range, unit=self.asked.unit))
        elif leaves:
            await self.run_action("app.to_fleet")

    def filtered(self, needle: str) -> None:
        self.needle = needle
        host(self).tick()

    def action_export(self) -> None:
        found: read.Costs | None = self.answer
        if found is not None:
            path = costs_export.proposed(found, os.getcwd())
            host(self).push_screen(Exporting(path, partial(costs_export.export, found)), self._exported)

    def _exported(self, path: str | None) -> None:
        if path is not None:
            self.notify(f"Written to {path}", markup=False)
