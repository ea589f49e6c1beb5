"""A line to type: something is proposed, may be changed, and the screen closes with what was made of it."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from store.errors import FleetmeterError
from viewers.screen.text import clean
from viewers.tui.words import Words

Result = TypeVar("Result")


class Entry(ModalScreen[Result]):
    """The screen; what cannot be accepted is said, and may be typed anew."""

    CSS = """
    Entry { align: center middle; }
    Entry Words { width: 90%; max-width: 100; }
    Entry Input { width: 90%; max-width: 100; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close")]

    def __init__(self, asked: str, proposed: str, keys: str, accept: Callable[[str], Result]) -> None:
        super().__init__()
        self.asked, self.proposed, self.keys, self.accept = asked, proposed, keys, accept

    def compose(self) -> ComposeResult:
        yield Words(id="entry-title")
        yield Input(self.proposed, id="entry-typed")
        yield Words(id="entry-said")

    def on_mount(self) -> None:
        self.query_one("#entry-title", Words).show(((f" {self.asked}", "bold"),))
        self.query_one("#entry-said", Words).show(((f" {self.keys}", "muted"),))
        self.query_one(Input).focus()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        try:
            result = self.accept(submitted.value.strip())
        except (FleetmeterError, OSError) as error:
            words = str(error) if isinstance(error, FleetmeterError) else error.strerror or str(error)
            hint = error.hint if isinstance(error, FleetmeterError) else ""
            said = f" {clean(words)}" + (f"; {clean(hint)}" if hint else "")
            self.query_one("#entry-said", Words).show(((said, "bad"),))
        else:
            self.dismiss(result)

    def on_input_changed(self, changed: Input.Changed) -> None:
        changed.stop()
