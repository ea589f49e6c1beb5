"""What a page is: a question, a template, and the parts of it that change while somebody looks on."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from viewers.reading.told import Told
from viewers.web.access import Access, Device
from viewers.web.looking import Looking


class Means(NamedTuple):
    """What pages may use besides the database, and who asks."""

    told: Told | None = None
    """The collector's own functions, which read lines again; that takes a while."""
    looking: Looking | None = None
    """Where processes are looked at."""
    access: Access | None = None
    network: str = ""
    """Where phones reach this server; "" where it listens on this machine alone."""
    device: Device | None = None

    @property
    def is_far(self) -> bool:
        """Whether whoever asks looks on from the network."""
        return self.device is not None and self.device.is_paired


class Asked(NamedTuple):
    """What a page is asked, and by whom it is answered."""

    home: str
    reader: sqlite3.Connection
    now_s: float
    place: Mapping[str, str] = {}
    """The parts of the path that have names."""
    query: Mapping[str, str] = {}
    """The filters in the address."""
    means: Means = Means()
    memory: dict[str, Any] = {}  # noqa: RUF012 - given by whoever asks again
    """What the same question keeps from one answer to the next; a page that is read once has a fresh one."""


class Page(NamedTuple):
    """An entry of the table of pages. `templates/<name>/page.html` arranges its parts, `<part>.html` beside it."""

    name: str
    title: str
    path: str
    read: Callable[[Asked], Mapping[str, Any]]
    """What the templates may use; UsageTrouble where there is no such thing."""
    parts: tuple[str, ...] = ()
    icon: str = ""
    """Its sign in the menu; without one it is reached from elsewhere."""
    is_live: bool = True
    is_near: bool = False
    """Shown to browsers of this machine alone."""
