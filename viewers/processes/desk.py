"""What a screen may ask about processes: to look, to end one and to pin one. Who does it is passed in."""

from collections.abc import Sequence
from typing import Protocol

from store.shown_process import Acted, Shown


class Desk(Protocol):
    """Looks at processes, and acts on them. key: that of the request, so that pressing twice acts once."""

    def look(self) -> Sequence[Shown]: ...
    def kill(self, pid: int, born: str, *, key: str, force: bool, tree: bool = False) -> Acted: ...
    def pin(self, pid: int, born: str, *, key: str, is_on: bool) -> Acted: ...
