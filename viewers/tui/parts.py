"""The table of what was spent."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from viewers.tui.view import View


class Parts(View, inherit_bindings=False):
    """A table whose `g` is not the oldest row: here it says by what is summed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False), Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False), Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "edge(0)", show=False), Binding("end", "edge(1)", show=False),
        Binding("enter", "open", "open", show=False),
    ]  # fmt: skip
