"""A panel on the screen: rows in a border, a cursor on one. It draws what it is given, and only what changed."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from viewers.panels.ink import Line, Panel, cropped, filled, length
from viewers.panels.signs import ASCII
from viewers.screen.text import cut, width
from viewers.tui.host import host

PARTED, SORTED = " · ", " ↓"
"""What stands between the words of a fact, and behind the one by which rows are sorted."""


class View(Widget, can_focus=True):
    """The widget."""

    DEFAULT_CSS = "View { width: 1fr; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,G", "edge(0)", "newest", show=False),
        Binding("end,g", "edge(1)", "oldest", show=False),
        Binding("enter", "open", "open", show=False),
    ]

    class Opened(Message):
        """Enter, or a click, on a row."""

        def __init__(self, view: "View", key: str) -> None:
            super().__init__()
            self.view, self.key = view, key

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, view: "View", key: str) -> None:
            super().__init__()
            self.view, self.key = view, key

    class Headed(Message):
        """A click on a word of the fact in the border, such as the name of a column."""

        def __init__(self, view: "View", word: str) -> None:
            super().__init__()
            self.view, self.word = view, word

    def __init__(self, *, id: str, has_cursor: bool = True, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self.panel: Panel = Panel("", empty="")
        self.flat: list[tuple[int, Line]] = []
        self.has_cursor = has_cursor
        self.cursor = 0
        self.top = 0
        self.drawn = 0

    @property
    def inside(self) -> int:
        """The columns that a row has."""
        return max(self.size.width - 4, 1)

    @property
    def room(self) -> int:
        """The lines that rows have."""
        return max(self.size.height - 2, 1)

    @property
    def key(self) -> str:
        """The key of the row under the cursor."""
        return self.panel.rows[self.cursor].key if self.cursor < len(self.panel.rows) else ""

    def show(self, panel: Panel) -> None:
        """Draw this instead, if anything is different; the cursor stays on its row."""
        if panel == self.panel:
            return
        before, at_top = self.panel, self.cursor == 0
        key = self.key
        lines = self.flat
        self.panel = panel
        self.flat = [(index, line) for index, row in enumerate(panel.rows) for line in row.lines]
        keys = [row.key for row in panel.rows]
        old = self.cursor, self.top
        if not at_top and key in keys:
            self.cursor = keys.index(key)
        self.cursor = max(min(self.cursor, len(keys) - 1), 0)
        self._keep_in_sight()
        self.drawn += 1
        same_frame = panel[0] == before[0] and panel[2:] == before[2:]
        if (self.cursor, self.top) != old or not same_frame or not lines or not self.flat:
            self.refresh()
            return
        for y in range(self.room):  # a table changes by the row
            now, then = self.top + y, old[1] + y
            if self.flat[now : now + 1] != lines[then : then + 1]:
                self.refresh(Region(0, y + 1, self.size.width, 1))

    def restart(self) -> None:
        """Begin at the top: what comes is of something else."""
        self.cursor = self.top = 0

    def select(self, key: str) -> None:
        """Put the cursor on that row."""
        keys = [row.key for row in self.panel.rows]
        if key in keys:
            self._go(keys.index(key))

    def action_move(self, by: int) -> None:
        if self.has_cursor:
            self._go(self.cursor + by)
        else:
            self.top = max(min(self.top + by, len(self.flat) - self.room), 0)
            self.refresh()

    def action_page(self, by: int) -> None:
        each = max(len(self.flat) // max(len(self.panel.rows), 1), 1)
        self.action_move(by * max(self.room // each - 1, 1))

    def action_edge(self, which: int) -> None:
        self.action_move(len(self.flat) * (1 if which else -1))

    def action_open(self) -> None:
        if self.key:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self._head(event.x)
            return
        y = event.y - 1 + self.top
        if self.has_cursor and 0 < event.y <= self.room and y < len(self.flat):
            index = self.flat[y][0]
            if index == self.cursor and event.chain > 1:
                self.action_open()
            self._go(index)

    def _head(self, x: int) -> None:
        at = self.size.width - width(self.panel.fact) - 3
        for word in self.panel.fact.split(PARTED):
            if at <= x < at + width(word):
                self.post_message(self.Headed(self, word.removesuffix(SORTED)))
            at += width(word) + width(PARTED)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-1)

    def on_resize(self) -> None:
        self._keep_in_sight()

    def _go(self, index: int) -> None:
        index = max(min(index, len(self.panel.rows) - 1), 0)
        if index != self.cursor:
            self.cursor = index
            self._keep_in_sight()
            self.refresh()
            self.post_message(self.Moved(self, self.key))

    def _keep_in_sight(self) -> None:
        if self.has_cursor:
            own = [y for y, (index, _) in enumerate(self.flat) if index == self.cursor]
            if own and self.size.height:
                self.top = min(max(self.top, own[-1] - self.room + 1), own[0])
        self.top = max(min(self.top, len(self.flat) - self.room), 0)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        styles = host(self).ink
        columns = self.size.width
        if y == 0:
            line = self._top(columns)
        elif y == self.size.height - 1:
            line = self._bottom(columns)
        else:
            return self._inside(y - 1, columns, styles)
        return self._strip(line, columns, styles)

    def _inside(self, y: int, columns: int, styles: dict[str, Style]) -> Strip:
        at = self.top + y
        edge = ("│", self._edge)
        index, line = self.flat[at] if at < len(self.flat) else (-1, ())
        if not self.flat and y == 0:
            line = ((cut(self.panel.empty, columns - 4), "muted"),)
        is_cursor = self.has_cursor and index == self.cursor and bool(self.flat)
        mark = ("▌", "accent") if is_cursor else (" ", "")
        inner = (mark, *filled(line, columns - 4), (" ", ""))
        return self._strip((edge, *inner, edge), columns, styles, is_cursor and self.has_focus)

    def _strip(self, line: Line, columns: int, styles: dict[str, Style], is_cursor: bool = False) -> Strip:
        is_ascii = host(self).is_ascii
        back = styles["cursor"] if is_cursor else Style.null()
        segments = [
            Segment(text.translate(ASCII) if is_ascii else text, styles.get(style, styles[""]) + back)
            for text, style in cropped(line, columns)
            if text
        ]
        return Strip(segments, columns)

    @property
    def _edge(self) -> str:
        return "accent" if self.has_focus else "line"

    def _top(self, columns: int) -> Line:
        title = cut(self.panel.title, columns - 6)
        fact = cut(self.panel.fact, columns - width(title) - 9)
        left: Line = (("╭─ ", self._edge), (title, "bold"), (" ", ""))
        right: Line = ((" ", ""), (fact, self.panel.fact_style), (" ─╮", self._edge)) if fact else (("─╮", self._edge),)
        return (*left, ("─" * (columns - length(left) - length(right)), self._edge), *right)

    def _bottom(self, columns: int) -> Line:
        more = len(self.flat) - self.room
        words = (
            f" {self.top + 1} to {min(self.top + self.room, len(self.flat))} of {len(self.flat)} lines "
            if more > 0
            else ""
        )
        words = words if width(words) < columns - 4 else ""
        return (("╰" + "─" * (columns - 3 - width(words)), self._edge), (words, "muted"), ("─╯", self._edge))
