"""What needs a person, on any screen: sessions that wait, alerts that are open, limits that run out."""

import sqlite3
import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from store.ask import ask
from viewers.panels import day
from viewers.panels import fleet_read as read
from viewers.panels.ink import Panel
from viewers.panels.reading import Question
from viewers.screen import format
from viewers.tui.host import host
from viewers.tui.view import View

NO_COLLECTOR = "no collector runs that could note it"


class Attention(ModalScreen[int]):
    """The screen; it closes with the session to open, if one was chosen."""

    CSS = """
    Attention { align: center middle; }
    Attention View { width: 90%; height: 80%; max-width: 110; max-height: 30; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "dismiss", "close"), Binding("a", "acknowledge", "acknowledge"),
        Binding("A", "acknowledge(True)", "acknowledge all"),
    ]  # fmt: skip

    def __init__(self, home: str) -> None:
        super().__init__()
        self.home = home
        self.memory = read.Memory()
        self.answer: read.Fleet | None = None
        self.said = ""

    def compose(self) -> ComposeResult:
        yield View(id="needs")

    def question(self) -> tuple[str, Question]:
        """The fleet's own."""
        memory = self.memory

        def find(reader: sqlite3.Connection, now_s: float) -> read.Fleet:
            return read.fleet(reader, memory, now_s)

        return "attention", find

    def on_mount(self) -> None:
        self.call_after_refresh(self.draw, time.time())

    def draw(self, now_s: float) -> None:
        """Show what is known."""
        view = self.query_one(View)
        if self.answer is None:
            view.show(Panel("Needs attention", empty=host(self).unread))
            return
        panel = day.attention(self.answer, view.inside, now_s, is_whole=True)
        keys = "enter opens  a acknowledges  A all  esc closes" if view.inside > 60 else "a acknowledges  esc closes"
        view.show(panel._replace(fact=self.said or keys, fact_style="warn" if self.said else "muted"))

    def on_view_moved(self) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        self.said = words
        self.draw(time.time())

    def on_view_opened(self, opened: View.Opened) -> None:
        kind, _, rest = opened.key.partition(" ")
        if kind in ("0", "1", "2") and rest.isdecimal():
            self.dismiss(int(rest))
            return
        alert = next((one for one in self._alerts() if rest == f"alert {one.alert_id}"), None)
        sessions = self.answer.sessions if self.answer else ()
        key = next((one.now.key for one in sessions if alert and one.now.session_id == alert.session_id), None)
        if key is None:
            self._say("this is of no session of the last half hour")
        else:
            self.dismiss(key)

    def _alerts(self) -> tuple[read.Alert, ...]:
        return self.answer.alerts if self.answer else ()

    def action_acknowledge(self, is_all: bool = False) -> None:
        _, _, id_ = self.query_one(View).key.rpartition("alert ")
        if not is_all and not id_.isdecimal():
            self._say("only alerts are acknowledged")
        elif self._alerts():
            self.run_worker(lambda: self._ask("ack" if is_all else f"ack {id_}"), thread=True, exclusive=True)

    def _ask(self, question: str) -> None:
        said = ask(self.home, question)
        count = int(said["acked"]) if said is not None and "acked" in said else None
        words = NO_COLLECTOR if count is None else f"{format.things(count, 'alert')} acknowledged"
        host(self).call_from_thread(self._noted, words)

    def _noted(self, words: str) -> None:
        self._say(words)
        host(self).ask()
