"""Whether the collector keeps up, what it refused, and what should be looked after."""

from collections.abc import Mapping
from typing import Any

from store import lock
from store.ask import ask
from store.lock import COLLECTING
from viewers import query
from viewers.care.status import lines, silent
from viewers.reading import rejects, sources
from viewers.web.page import Asked, Page

KEEP_S = 2.0
MOST = 30


def read(asked: Asked) -> Mapping[str, Any]:
    """What `status`, `sources` and `rejects` say."""
    held = asked.memory.get("answer")
    if held is not None and 0 <= asked.now_s - held[0] < KEEP_S:
        return held[1]
    found = _read(asked)
    asked.memory["answer"] = (asked.now_s, found)
    return found


def _read(asked: Asked) -> Mapping[str, Any]:
    said = ask(asked.home, "status")
    if said is None or "error" in said:
        holder = lock.holder(asked.home)
        said = silent(asked.home, holder if holder is not None and holder.doing == COLLECTING else None)
    files = [sources.Source(*row) for row in query.rows(asked.reader, "sources")]
    reasons = [rejects.Reason(*row) for row in query.rows(asked.reader, "reject_counts")]
    return {
        "said": said,
        "facts": [_fact(line) for line in lines(said)] if said["isRunning"] else [],
        "states": [sources.State(*row) for row in query.rows(asked.reader, "source_counts")],
        "troubled": [source for source in files if source.is_problem][:MOST],
        "newest": sorted((one for one in files if not one.is_problem), key=lambda one: one.read_at or "")[-12:][::-1],
        "reasons": reasons, "rejected": sum(reason.rejects for reason in reasons),
        "refused": [rejects.Reject(*row) for row in query.rows(asked.reader, "rejects", limit=MOST)],
    }  # fmt: skip


def _fact(line: str) -> tuple[str, str]:
    """The word at its beginning, and the rest."""
    return line[:12].strip(), line[12:]


PAGE = Page("health", "Health", "/collector", read, ("collector_state", "files", "refused"), icon="health")
