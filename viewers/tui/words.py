"""A line of the screen that is no panel: the tabs, the strip of today, the keys."""

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from viewers.panels.ink import Line, filled
from viewers.panels.signs import ASCII
from viewers.screen.text import width
from viewers.tui.host import host


class Words(Widget):
    """The widget."""

    DEFAULT_CSS = "Words { height: 1; width: 1fr; }"

    class Pressed(Message):
        """A click on some of the words."""

        def __init__(self, words: "Words", text: str) -> None:
            super().__init__()
            self.words, self.text = words, text

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.line: Line = ()

    def show(self, line: Line) -> None:
        """Draw this instead, if it is different."""
        if line != self.line:
            self.line = line
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        at = 0
        for text, _ in self.line:
            if at <= event.x < at + width(text):
                self.post_message(self.Pressed(self, text.strip()))
            at += width(text)

    def render_line(self, y: int) -> Strip:
        styles, is_ascii = host(self).ink, host(self).is_ascii
        columns = self.size.width
        segments = [
            Segment(text.translate(ASCII) if is_ascii else text, styles.get(style, styles[""]))
            for text, style in filled(self.line, columns)
            if text
        ]
        return Strip(segments, columns)
