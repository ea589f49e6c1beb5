"""Where an export goes: a path is proposed, may be changed, and is said when the file is there."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from store.errors import FleetmeterError
from viewers.screen.text import clean
from viewers.tui.words import Words


class Exporting(ModalScreen[str]):
    """The screen; it closes with the path that was written."""

    CSS = """
    Exporting { align: center middle; }
    Exporting Words { width: 90%; max-width: 100; }
    Exporting Input { width: 90%; max-width: 100; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close")]

    def __init__(self, path: str, write: Callable[[str], str]) -> None:
        super().__init__()
        self.path, self.write = path, write

    def compose(self) -> ComposeResult:
        yield Words(id="export-title")
        yield Input(self.path, id="export-path")
        yield Words(id="export-said")

    def on_mount(self) -> None:
        self.query_one("#export-title", Words).show(((" Export to: .csv or .json", "bold"),))
        self.query_one("#export-said", Words).show(((" enter writes it, esc closes", "muted"),))
        self.query_one(Input).focus()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        try:
            written = self.write(submitted.value.strip())
        except (FleetmeterError, OSError) as error:
            words = str(error) if isinstance(error, FleetmeterError) else error.strerror or str(error)
            self.query_one("#export-said", Words).show(((f" {clean(words)}", "bad"),))
        else:
            self.dismiss(written)

    def on_input_changed(self, changed: Input.Changed) -> None:
        changed.stop()
