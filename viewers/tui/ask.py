"""A question before something is done: it names what, and nothing happens without a clear yes."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from viewers.panels.ink import Panel, one
from viewers.tui.view import View


class Ask(ModalScreen[bool]):
    """The dialog. Where the answer is not obvious, Enter alone cancels."""

    CSS = "Ask { align: center middle; } Ask View { width: 78; height: 9; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "answer(False)", "cancel"), Binding("enter", "chosen", "choose"),
        Binding("tab,left,right,h,l", "other", "other"),
    ]  # fmt: skip

    def __init__(self, title: str, words: tuple[str, ...], act: str, *, is_yes: bool) -> None:
        super().__init__()
        self.asked, self.words, self.act, self.is_yes = title, words, act, is_yes

    def compose(self) -> ComposeResult:
        yield View(id="ask", has_cursor=False)

    def on_mount(self) -> None:
        self._draw()

    def _draw(self) -> None:
        rows = [one(str(at), (words, "")) for at, words in enumerate(self.words)]
        choices = [
            (f"▐{words}▌" if is_on else f" {words} ", "tab" if is_on else "muted")
            for words, is_on in (("Cancel", not self.is_yes), (self.act, self.is_yes))
        ]
        buttons = one("choose", choices[0], ("   ", ""), choices[1])
        self.query_one(View).show(
            Panel(self.asked, (*rows, one("gap", ("", "")), buttons), "tab chooses · enter · esc cancels")
        )

    def on_view_opened(self, opened: View.Opened) -> None:
        self.action_chosen()

    def action_other(self) -> None:
        self.is_yes = not self.is_yes
        self._draw()

    def action_chosen(self) -> None:
        self.dismiss(self.is_yes)

    def action_answer(self, is_yes: bool) -> None:
        self.dismiss(is_yes)
