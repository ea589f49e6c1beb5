"""What is asked of the reports about when it was spent: windows of five hours, and the hours of the week."""

import sqlite3
import time

from store.light import NamedTuple
from viewers.reports import blocks as windows
from viewers.reports.blocks import Block, Projection, Rate
from viewers.reports.heat import Heat, heat
from viewers.reports.scope import Scope

BLOCKS = 60
KEEP_S, TIMES = 2.0, 20
"""They are sums of all of history: they hold so long, or so many times as long as they took."""


class When(NamedTuple):
    """The newest windows, each with its rate and where it goes; and the hours of the week of the range."""

    blocks: tuple[tuple[Block, Rate | None, Projection | None], ...]
    heat: Heat


class Memory:
    """The last answer, as long as it holds."""

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.read_s, self.took_s = 0.0, 0.0
        self.when: When | None = None


def read(reader: sqlite3.Connection, memory: Memory, scope: Scope, now_s: float) -> When:
    """The calculation of `fleetmeter blocks`, and that of the web's page."""
    asked = scope._replace(now_s=0.0)
    keep_s = max(KEEP_S, memory.took_s * TIMES)
    if memory.when is None or memory.scope != asked or not 0 <= now_s - memory.read_s < keep_s:
        began = time.monotonic()
        found = windows.newest(reader, scope, now_s, BLOCKS)
        told = tuple((block, windows.rate(block), windows.projection(block, now_s)) for block in found)
        memory.when = When(told, heat(reader, scope))
        memory.scope, memory.read_s, memory.took_s = asked, now_s, time.monotonic() - began
    return memory.when
