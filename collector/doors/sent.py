"""What is sent to the door for a feed: looked at, then kept as the senders themselves keep it, and answered."""

import json
import re
from collections.abc import Iterable
from typing import Any, cast

from collector.files.discover import Root
from collector.lines.when import instant
from store import feed

SOURCE = re.compile(r"[a-z][a-z-]{0,39}").fullmatch


def keep(home: str, places: Iterable[Root], message: object) -> dict[str, Any]:
    """`{"agent", "root", "from", "at", "body"}`. at may be missing; who sends again gives that of the first try."""
    told = cast("dict[str, Any]", message) if isinstance(message, dict) else {}
    agent, root, source, at = (told.get(name) for name in ("agent", "root", "from", "at"))
    if not any(place.source.agent == agent and place.path == root for place in places):
        return {"error": "no agent has that root"}
    if not isinstance(source, str) or not SOURCE(source):
        return {"error": "`from` is not a short word"}
    stamp = feed.stamp() if at is None else instant(at) if isinstance(at, str) else None
    if stamp is None:
        return {"error": "`at` is not a time"}
    line = feed.line(source, json.dumps(told.get("body"), allow_nan=False).encode(), stamp, 0)
    if not feed.append(feed.tree(home, cast("str", agent), cast("str", root)), line):
        return {"error": "it could not be kept"}
    return {"kept": True}
