"""Help: the keys of this screen, those that work everywhere, and what the signs mean."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from viewers.panels.ink import Line, Panel, cell, one
from viewers.tui.face import Face
from viewers.tui.view import View

EVERYWHERE = (
    ("1-8", "screens"), ("j k  arrows", "move"), ("g G", "oldest, newest"), ("tab", "next panel"), ("enter", "open"),
    ("b", "back to the fleet"), ("/", "filter, esc clears"), ("p  r", "pause; read again now"), 
    ("n", "what needs you; acknowledge"), ("T", "light and dark"),
    ("ctrl+p", "all commands"), ("q", "quit; the collector goes on"),
)  # fmt: skip
SIGNS = (
    "◆ waiting  ● working  ○ your turn  · idle  ✗ failed",
    "█ used  ░ free  ┃ made smaller here   ≥ it may be more",
    "» prompt  ↳ reply  · thinking  → runs  ✓ ok  ▼ compacted",
)


class Help(ModalScreen[None]):
    """The screen."""

    CSS = "Help { align: center middle; } Help View { width: 78; height: 18; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "dismiss", "close")]

    def __init__(self, face: Face) -> None:
        super().__init__()
        self.face = face

    def compose(self) -> ComposeResult:
        yield View(id="help", has_cursor=False)

    def on_mount(self) -> None:
        own, every = list(self.face.help), list(EVERYWHERE)
        rows = [one(str(at), *self._pair(own, at), *self._pair(every, at)) for at in range(max(len(own), len(every)))]
        rows += [one("gap", ("", "")), *(one(signs, (signs, "muted")) for signs in SIGNS)]
        self.query_one(View).show(Panel(f"Keys of {self.face.title}, and of all screens", tuple(rows), "esc closes"))

    def _pair(self, keys: list[tuple[str, str]], at: int) -> Line:
        key, does = keys[at] if at < len(keys) else ("", "")
        return cell(key, 12, "accent"), cell(does, 25)
