"""When each agent's own clean-up strikes next, and how much of what it would take is not archived yet."""

import os
import sqlite3
import time
from typing import Any

from collector.files.discover import Root
from collector.files.look import Look
from collector.sources import Keeps
from store.archive_pending import Safety, by_root
from store.errors import FleetmeterError
from store.home import StrPath

DAY_S = 86_400


def document(home: StrPath, look: Look) -> list[dict[str, Any]]:
    """What `status` tells of it, for each folder of an agent that removes its old files by itself."""
    try:
        safety = by_root(home)
    except (FleetmeterError, sqlite3.Error, OSError):
        return []  # an archive that is damaged is told of by itself
    found = [_of(place, look, safety.get(place.path, Safety(0, 0, 0, 0))) for place in look.places]
    return [one for one in found if one is not None]


def _of(place: Root, look: Look, safety: Safety) -> dict[str, Any] | None:
    days = place.source.keep_days(place.path) if isinstance(place.source, Keeps) else None
    trees = tuple(os.fsencode(tree) + b"/" for tree in place.trees)
    times = [
        known.mtime_ns
        for path, known in look.known.items()
        if known.state == "read" and known.mtime_ns and path.startswith(trees)
    ]
    if days is None or not times:
        return None
    left = days - (time.time() - min(times) / 1e9) / DAY_S
    return {
        "agent": place.source.agent, "path": place.path, "keepDays": days, "daysLeft": round(max(0.0, left), 2),
        "unsafeFiles": safety.files, "unsafeBytes": safety.bytes, "safeFiles": safety.kept_files,
        "safeBytes": safety.kept_bytes,
    }  # fmt: skip
