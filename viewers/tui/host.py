"""What widgets may ask of the app that they are in."""

from typing import TYPE_CHECKING, cast

from rich.style import Style
from textual.app import App
from textual.dom import DOMNode

from viewers.processes.desk import Desk

if TYPE_CHECKING:
    from viewers.tui.face import Place


class Host(App[int]):
    """The app as widgets know it."""

    ink: dict[str, Style]
    """A style for each name, in the colours of the theme."""
    is_ascii: bool
    home: str
    desk: Desk | None = None
    """Who looks at processes, and acts on them."""

    @property
    def unread(self) -> str:
        """Why nothing is shown yet."""
        raise NotImplementedError

    def ask(self) -> None:
        """Read anew what is on the screen."""
        raise NotImplementedError

    def open_session(self, key: int, place: "Place | None" = None) -> None:
        """Go to the screen of a session, and to a place of it."""
        raise NotImplementedError

    def tick(self) -> None:
        """Draw what is on the screen as of now."""
        raise NotImplementedError

    def was_read(self, name: str) -> bool:
        """Whether the last answer was to the question of that name."""
        raise NotImplementedError

    def whole_text(self, session: int, id: str, block: int) -> str | None:
        """All of a text, not only its beginning; it takes a while."""
        raise NotImplementedError


def host(widget: DOMNode) -> Host:
    """The app that this widget is in."""
    return cast(Host, widget.app)  # pyright: ignore[reportUnknownMemberType] - the app is of no type there
