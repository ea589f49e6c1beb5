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
    ("b", "back"), ("/", "filter, esc clears"), ("p  r", "pause; read again"),
    ("n", "what needs you"), ("T", "light, dark"),
    ("ctrl+p", "all commands"), ("q", "quit"),
)  # fmt: skip
OWN, REST = (11, 30), (12, 21)
"""The columns of a key and of what it does: of this screen, and of all."""
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
        own, every = self.face.help, EVERYWHERE
        lines = max(len(own), len(every))
        rows = [one(str(at), *_pair(own, at, OWN), *_pair(every, at, REST)) for at in range(lines)]
        rows += [one("gap", ("", "")), *(one(signs, (signs, "muted")) for signs in SIGNS)]
        self.query_one(View).show(Panel(f"Keys of {self.face.title}, and of all screens", tuple(rows), "esc closes"))


def _pair(keys: tuple[tuple[str, str], ...], at: int, columns: tuple[int, int]) -> Line:
    key, does = keys[at] if at < len(keys) else ("", "")
    return cell(key, columns[0], "accent"), cell(does, columns[1])
