"""What stands around every page: the menu, the sessions that run, and whether the collector does."""

from collections.abc import Mapping
from typing import Any

from store import lock
from store.lock import COLLECTING
from viewers.panels import fleet_read
from viewers.panels.fleet import Look, arranged
from viewers.web.page import Asked, Page

MOST = 12
LIVE = frozenset({"working", "waiting", "your_turn"})


def read(asked: Asked) -> Mapping[str, Any]:
    """Of the fleet only what the menu shows."""
    memory: fleet_read.Memory = asked.memory.setdefault("fleet", fleet_read.Memory())
    fleet = fleet_read.fleet(asked.reader, memory, asked.now_s)
    running = [one for one in arranged(fleet, Look()) if one.now.state in LIVE]
    return {"running": running[:MOST], "count": len(running), **recording(asked.home)}


def recording(home: str) -> Mapping[str, Any]:
    """Whether somebody records."""
    holder = lock.holder(home)
    is_recording = holder is not None and holder.doing == COLLECTING
    return {"is_recording": is_recording, "doing": holder.doing if holder else ""}


PAGE = Page("shell", "", "", read, ("running", "collector", "banner"))
"""Not a page by itself, but read and kept alive like one."""
