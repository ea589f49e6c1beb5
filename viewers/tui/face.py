"""What a screen is: panels, the question whose answer they show, and its keys."""

from typing import Any, NamedTuple

from textual.containers import Container

from viewers.panels.ink import Line
from viewers.panels.reading import Question
from viewers.tui.host import host


class Place(NamedTuple):
    """A moment of a session: what it is called in the feed, and when it was."""

    ref: str
    at: str


class Act(NamedTuple):
    """Something that a screen does, as the command palette has it."""

    name: str
    action: str
    key: str = ""


class Face(Container):
    """A screen of the app. Each draws from the last answer, again every second, for ages go on."""

    DEFAULT_CSS = "Face { height: 1fr; width: 1fr; display: none; } Face.-shown { display: block; }"

    title = ""
    number = ""
    keys = ""
    """What its keys do, the most useful first."""
    typed = "filter"
    """What the words after / are for."""
    help: tuple[tuple[str, str], ...] = ()
    acts: tuple[Act, ...] = ()

    def __init__(self) -> None:
        super().__init__(id=f"face-{self.title.lower()}")
        self.answer: Any = None
        self.needle = ""

    def question(self) -> tuple[str, Question]:
        """What is to be read for it, and its name: an answer to another question is not shown."""
        raise NotImplementedError

    def draw(self, now_s: float) -> None:
        """Show what is known."""
        raise NotImplementedError

    @property
    def is_single(self) -> bool:
        """Whether there is room for one panel only: Tab goes through them."""
        columns, lines = host(self).size
        return columns < 80 or lines < 20

    def headline(self) -> Line:
        """What stands on the first line beside the tabs."""
        return ()

    def filtered(self, needle: str) -> None:
        """Show only what these words name."""
        self.needle = needle

    def open(self, key: int, place: Place | None = None) -> None:
        """Be of this session, at this place of it, where a screen is of one."""

    def first(self) -> str:
        """The panel that has the cursor at first."""
        return "View"
