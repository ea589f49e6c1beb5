"""What widgets may ask of the app that they are in."""

from typing import cast

from rich.style import Style
from textual.app import App
from textual.widget import Widget


class Host(App[int]):
    """The app as widgets know it."""

    ink: dict[str, Style]
    """A style for each name, in the colours of the theme."""
    is_ascii: bool

    def ask(self) -> None:
        """Read anew what is on the screen."""
        raise NotImplementedError

    def open_session(self, key: int) -> None:
        """Go to the screen of a session."""
        raise NotImplementedError


def host(widget: Widget) -> Host:
    """The app that this widget is in."""
    return cast(Host, widget.app)  # pyright: ignore[reportUnknownMemberType] - the app is of no type there
