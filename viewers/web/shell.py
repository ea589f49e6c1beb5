"""What stands around every page: the menu, the sessions that run, and whether the collector does."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from store import lock
from store.lock import COLLECTING
from viewers.panels import fleet_read
from viewers.panels.fleet import Look, arranged
from viewers.panels.fleet_read import Fleet
from viewers.panels.words import folder
from viewers.web.page import Asked, Page

MOST = 12
LIVE = frozenset({"working", "waiting", "your_turn"})


def read(asked: Asked) -> Mapping[str, Any]:
    """Of the fleet only what the menu shows."""
    memory: fleet_read.Memory = asked.memory.setdefault("fleet", fleet_read.Memory())
    fleet = fleet_read.fleet(asked.reader, memory, asked.now_s)
    running = [one for one in arranged(fleet, Look()) if one.now.state in LIVE]
    return {
        "running": running[:MOST], "count": len(running), "notices": notices(fleet), **recording(asked.home)
    }  # fmt: skip


class Notice(NamedTuple):
    """What a browser may tell somebody who looks elsewhere."""

    key: str
    title: str
    words: str | None
    session: str | None


def notices(fleet: Fleet) -> list[Notice]:
    """Who waits, and alerts; each has a key, so that it is told once."""
    waiting = [one.now for one in fleet.sessions if one.now.state == "waiting"]
    return [
        *(Notice(f"{now.session_id} {now.since}", f"{folder(now.project)} waits for you", now.what, now.session_id)
          for now in waiting),
        *(Notice(f"{one.text} {one.first_at}", one.text, one.detail, one.session_id) for one in fleet.alerts),
    ]  # fmt: skip


def recording(home: str) -> Mapping[str, Any]:
    """Whether somebody records."""
    holder = lock.holder(home)
    is_recording = holder is not None and holder.doing == COLLECTING
    return {"is_recording": is_recording, "doing": holder.doing if holder else ""}


PAGE = Page("shell", "", "", read, ("running", "collector", "banner"))
"""Not a page by itself, but read and kept alive like one."""
