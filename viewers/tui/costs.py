"""What was spent: by day, week or month, and by model, project or agent."""

import sqlite3
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from viewers.panels import costs
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.tui.face import Face
from viewers.tui.host import host
from viewers.tui.view import View
from viewers.tui.words import Words


class Parts(View, inherit_bindings=False):
    """A table whose `g` is not the oldest row: here it says by what is summed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False), Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False), Binding("pagedown,space", "page(1)", show=False),
    ]  # fmt: skip


class CostsFace(Face):
    """The screen."""

    title, number = "Costs", "3"
    keys = "[ ] shorter/longer range  g by model, project, agent  b back  p pause"
    help = (("[ ]", "shorter, longer range"), ("g", "by model, project, agent"), ("b", "back to the fleet"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("[", "range(-1)"), Binding("]", "range(1)"), Binding("g", "by"),
    ]  # fmt: skip
    SCOPED_CSS = False  # the rules for a size begin at the screen
    DEFAULT_CSS = """
    CostsFace #chart { height: 15; }
    .-low CostsFace #chart { height: 9; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.which, self.by = 1, 0
        self.memory = costs.Memory()

    def compose(self) -> ComposeResult:
        yield Words(id="range")
        yield View(id="chart", has_cursor=False)
        yield Parts(id="parts")

    def first(self) -> str:
        return "#parts"

    def question(self) -> tuple[str, Question]:
        which, by, memory = self.which, costs.BYS[self.by], self.memory

        def ask(reader: sqlite3.Connection, now_s: float) -> costs.Costs:
            return costs.read(reader, memory, which, by, now_s)

        return f"costs {which} {by}", ask

    def draw(self, now_s: float) -> None:
        found: costs.Costs | None = self.answer
        chart, parts = self.query_one("#chart", View), self.query_one("#parts", View)
        if found is None:
            for view in (chart, parts):
                view.show(Panel("Costs", empty="reading"))
            return
        self.query_one("#range", Words).show(costs.strip(found))
        chart.show(costs.chart(found, chart.inside, chart.room))
        parts.show(costs.table(found, parts.inside))

    def action_range(self, by: int) -> None:
        self.which = max(min(self.which + by, len(costs.RANGES) - 1), 0)
        host(self).ask()

    def action_by(self) -> None:
        self.by = (self.by + 1) % len(costs.BYS)
        host(self).ask()
