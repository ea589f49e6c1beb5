"""`fleetmeter tui`: the app. It holds the screens, hands each the answers to its question, and knows common keys."""

import os
import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key, MouseEvent
from textual.screen import Screen
from textual.widgets import Input

from viewers.panels.reading import POLL_S, Reading, Told
from viewers.reading.show import Texts
from viewers.tui import bars, commands
from viewers.tui.attention import Attention
from viewers.tui.face import Face, Place
from viewers.tui.faces import FACES
from viewers.tui.help import Help
from viewers.tui.host import Host
from viewers.tui.messages import Answered
from viewers.tui.rest import EVERY_S, Rest
from viewers.tui.theme import DARK, LIGHT, THEMES, styles
from viewers.tui.view import View
from viewers.tui.words import Words

TICK_S = 1.0
WIDTHS = [(0, "-narrow"), (100, "-wide"), (160, "-broad")]
HEIGHTS = [(0, "-tiny"), (20, "-low"), (32, "-high")]


class FleetApp(Host):
    """The app."""

    TITLE = "fleetmeter"
    ENABLE_COMMAND_PALETTE = True
    CSS = """
    Screen { background: $background; layout: vertical; overflow: hidden; }
    ModalScreen { background: $background 70%; }
    #banner, #advice { display: none; }
    #banner.-on, #advice.-on { display: block; }
    #typing { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    #typing.-on { display: block; }
    #small { display: none; }
    Screen.-cramped > * { display: none; }
    Screen.-cramped > #small { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,q", "quit", "quit", priority=False), Binding("question_mark", "help", "help"),
        Binding("p", "pause", "pause"), Binding("r", "reload", "read again"), Binding("slash", "filter", "filter"),
        Binding("n,a", "attention", "needs attention"), Binding("escape", "clear", "clear"),
        Binding("b", "return", "back"), Binding("T", "other_theme", "light and dark"),
        *(Binding(face.number, f"face('{face.title}')", face.title) for face in FACES),
    ]  # fmt: skip

    def __init__(
        self,
        home: str,
        *,
        session: int | None = None,
        is_ascii: bool = False,
        poll_s: float = POLL_S,
        texts: Callable[[], Texts] | None = None,
    ) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = WIDTHS
        self.VERTICAL_BREAKPOINTS = HEIGHTS
        self.ink: dict[str, Style] = {"": Style.null()}
        self.is_ascii = is_ascii
        self.reading = Reading(home, self._deliver, poll_s=poll_s)
        self.home = home
        self.told: Told | None = None
        self.paused_s: float | None = None
        self.faces = {face.title: face() for face in FACES}
        self.lines = {name: Words(id=name) for name in ("tabs", "banner", "advice", "keys", "small")}
        self.shown: Face = self.faces["Fleet"]
        self.before: Face = self.shown
        """Where a session was opened from."""
        self.over: Attention | None = None
        """What lies over the screen and asks a question of its own."""
        self.wanted = session
        self.texts = texts
        self.known: tuple[int, dict[tuple[str, int], str]] = (0, {})
        self.rest = Rest()
        self.poll_s = poll_s

    # -- life

    def compose(self) -> ComposeResult:
        *above, below, alone = self.lines.values()
        yield from above
        yield from self.faces.values()
        yield Input(id="typing", placeholder="filter")
        yield from (below, alone)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = os.environ.get("TEXTUAL_THEME") or DARK
        self.theme_changed_signal.subscribe(self, lambda _: self._inked())
        self._inked()
        if self.wanted is not None:
            self.open_session(self.wanted)
        else:
            self.show(self.shown)
        self.reading.start()
        self.set_interval(TICK_S, self._tick)

    def on_unmount(self) -> None:
        self.reading.stop()

    def _inked(self) -> None:
        self.ink = styles(self.theme_variables)
        self.ink["cursor"] = self.ink.get("cursor", Style.null())
        self.refresh(layout=False)
        for widget in self.query("View, Words"):
            widget.refresh()

    def _deliver(self, told: Told) -> None:
        if self.is_running:
            self.post_message(Answered(told))

    def on_answered(self, answered: Answered) -> None:
        told = self.told = answered.told
        if told.trouble is None and told.name == self.asking.question()[0]:
            self.asking.answer = told.answer
        elif told.trouble is not None and told.trouble.is_empty:
            self.shown.answer = None
        self.tick()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (Key, MouseEvent)) and self.rest.touch():
            self.reading.poll_s = self.poll_s
            self.ask()
        await super().on_event(event)

    def _tick(self) -> None:
        """Every second; less often while nobody looks."""
        if self.rest.is_on:
            self.reading.poll_s = EVERY_S
        if self.rest.is_due():
            self.tick()

    def tick(self) -> None:
        """Everything that is shown, as of now; what is the same is not drawn again."""
        if not self.lines["tabs"].is_attached:
            return  # it ends just now
        now_s = time.time()
        self._bars(now_s)
        self.shown.draw(now_s)
        if self.over is not None and self.over.is_mounted:
            self.over.draw(now_s)

    def on_resize(self) -> None:
        self.call_after_refresh(self.tick)

    # -- screens

    def show(self, face: Face) -> None:
        """Another screen."""
        self.shown = face
        for other in self.faces.values():
            other.set_class(other is face, "-shown")
        face.query(face.first()).first(View).focus()
        self.ask()
        self.query_one("#typing", Input).remove_class("-on")
        self.call_after_refresh(self.tick)

    def ask(self) -> None:
        """Read for what is on the screen."""
        self.reading.ask(*self.asking.question())

    @property
    def asking(self) -> "Face | Attention":
        """Whose question is asked."""
        return self.over or self.shown

    def open_session(self, key: int, place: Place | None = None) -> None:
        session = self.faces["Session"]
        if self.shown is not session:
            self.before = self.shown
        session.open(key, place)
        self.show(session)

    @property
    def unread(self) -> str:
        trouble = self.told.trouble if self.told else None
        if trouble is None:
            return "reading"
        return "nothing yet: start an agent in any project" if trouble.is_empty else "it cannot be read now"

    def was_read(self, name: str) -> bool:
        return self.told is not None and self.told.name == name and self.told.trouble is None

    def whole_text(self, session: int, id: str, block: int) -> str | None:
        if self.texts is None:
            return None
        if self.known[0] != session or (id, block) not in self.known[1]:
            try:
                self.known = (session, self.texts()(self.home, [session]))
            except Exception:  # noqa: BLE001 - what cannot be read now leaves the beginning, which is shown
                return None
        return self.known[1].get((id, block))

    # -- lines

    def _bars(self, now_s: float) -> None:
        width, height = self.size
        screen = self.screen_stack[0]
        screen.set_class(self.shown.is_single, "-single")
        screen.set_class(width < bars.LEAST[0] or height < bars.LEAST[1], "-cramped")
        state = bars.state(self.told, self.paused_s, now_s)
        wrong, advice = bars.banner(self.told, self.home, width)
        said = (
            bars.head(FACES, self.shown, state, width), wrong, advice,
            bars.keys(self.shown.keys, width), bars.too_small(width, height),
        )  # fmt: skip
        for shown, line in zip(self.lines.values(), said, strict=True):
            shown.set_class(bool(line), "-on")
            shown.show(line)

    def on_words_pressed(self, pressed: Words.Pressed) -> None:
        """A click on a tab, or on a key that the last line names."""
        if pressed.words.id == "keys" and (key := bars.key_of(pressed.text)):
            self.simulate_key(key)
        number = pressed.text.strip("▐▌ ")[:1]
        for face in FACES:
            if pressed.words.id == "tabs" and face.number == number:
                self.action_face(face.title)

    # -- keys

    def action_face(self, title: str) -> None:
        self.show(self.faces[title])

    def action_return(self) -> None:
        """From a session to where it was opened, from elsewhere to the fleet."""
        self.show(self.before if self.shown is self.faces["Session"] else self.faces["Fleet"])

    def action_attention(self) -> None:
        if self.over is None:
            self.over = Attention(self.home)
            self.push_screen(self.over, self._attended)
            self.ask()

    def _attended(self, key: int | None) -> None:
        self.over = None
        if key is None:
            self.ask()
        else:
            self.open_session(key)

    def action_help(self) -> None:
        self.push_screen(Help(self.shown))

    def action_pause(self) -> None:
        self.paused_s = None if self.paused_s is not None else time.time()
        self.reading.is_paused = self.paused_s is not None
        if self.paused_s is None:  # asked while it pauses, it would read once more
            self.ask()
        self.tick()

    def action_reload(self) -> None:
        self.ask()

    def action_filter(self) -> None:
        typing = self.query_one("#typing", Input)
        typing.value, typing.placeholder = self.shown.needle, self.shown.typed
        typing.add_class("-on")
        typing.focus()

    def action_clear(self) -> None:
        if self.query_one("#typing").has_class("-on") or self.shown.needle or self.shown is not self.faces["Session"]:
            return self._typed("")
        return self.action_return()

    def on_input_changed(self, changed: Input.Changed) -> None:
        if self.query_one("#typing").has_class("-on"):
            self._narrow(changed.value)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        self._typed(submitted.value)

    def _typed(self, needle: str) -> None:
        self.query_one("#typing").remove_class("-on")
        self._narrow(needle)
        self.shown.query(self.shown.first()).first(View).focus()

    def _narrow(self, needle: str) -> None:
        self.shown.needle = needle
        self.shown.filtered(needle)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        return commands.commands(self)

    def action_other_theme(self) -> None:
        """The other theme."""
        self.theme = LIGHT if self.theme == DARK else DARK
