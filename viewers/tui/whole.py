"""All of one text: what the database keeps of it at once, and the rest of it from the archive when that is read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from viewers.panels import feed
from viewers.panels.fleet_read import Moment
from viewers.panels.ink import Panel, Row
from viewers.panels.moments import clock
from viewers.screen import format
from viewers.screen.secrets import has_secret
from viewers.screen.text import wrapped
from viewers.tui.host import host
from viewers.tui.view import View

MOST = 400_000
"""Characters that are drawn; `fleetmeter show --full` prints any number."""
SPARE = 1_000
"""A secret is as long at most: what is cut is cut behind it."""


class Whole(ModalScreen[None]):
    """The screen."""

    CSS = "Whole { align: center middle; } Whole View { width: 90%; height: 90%; max-width: 120; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,b,enter", "dismiss", "close"), Binding("v", "reveal", "show what is hidden"),
    ]  # fmt: skip

    def __init__(self, moment: Moment, session: int) -> None:
        super().__init__()
        self.moment, self.session = moment, session
        self.is_shown = False
        self.is_whole = False

    def compose(self) -> ComposeResult:
        yield View(id="whole", has_cursor=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self.draw)
        if self.moment.kind in ("prompt", "message"):
            self.run_worker(self._read, thread=True, exclusive=True)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        view = self.query_one(View)
        text, moment = self.moment.text or "", self.moment
        lines = lines_of(moment, self.is_shown, view.inside)
        rows = tuple(Row(str(number), (((line, ""),),)) for number, line in enumerate(lines))
        who, _, fact = feed.words(moment._replace(text=text[:SPARE]), self.is_shown)
        title = f"{clock(self.moment.at)} {who or self.moment.what}"
        facts = [
            fact,
            "" if not has_secret(text[: MOST + SPARE]) else "v hides" if self.is_shown else "v shows secrets",
        ]
        size = format.things(len(text), "character")
        view.show(Panel(title, rows, " · ".join(filter(None, [*facts, size, "esc closes"])), empty="no text is kept"))

    def action_reveal(self) -> None:
        self.is_shown = not self.is_shown
        self.draw()

    def _read(self) -> None:
        text = host(self).whole_text(self.session, self.moment.id, self.moment.block)
        if text is not None and text != self.moment.text:
            host(self).call_from_thread(self._got, text)

    def _got(self, text: str) -> None:
        self.moment = self.moment._replace(text=text)
        self.draw()


def lines_of(moment: Moment, is_shown: bool, columns: int) -> list[str]:
    """The text as it is drawn; of one that is endless the beginning."""
    text = moment.text or ""
    begun = moment._replace(text=text[: MOST + SPARE])
    lines = [part for line in feed.full(begun, is_shown) for part in wrapped(line, columns)]
    if len(text) > MOST:
        lines += ["", f"… and {len(text) - MOST:,} characters more: `fleetmeter show --full` prints all of it"]
    return lines
