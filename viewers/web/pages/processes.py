"""Which processes of agents run, how each is and why; what ends or keeps one is asked first, where that is allowed."""

from collections.abc import Mapping
from typing import Any

from store.config import load
from store.errors import FleetmeterError
from viewers.panels.processes import TREE, Look, arranged, name_of, question
from viewers.processes.listing import ORDER
from viewers.processes.words import bytes_of, percent, sign
from viewers.web.page import Asked, Page

CHILDREN = 40
TONES = {"runaway": "bad", "zombie": "bad", "stale": "warn", "orphaned": "warn", "stopped": "warn", "waiting": "warn"}


def read(asked: Asked) -> Mapping[str, Any]:
    """The rows of the terminal app's screen."""
    found = arranged(asked.means.looking.look() if asked.means.looking is not None else (), Look())
    states = [(state, count) for state in ORDER if (count := sum(one.state == state for one in found))]
    return {
        "found": found, "states": states, "is_allowed": is_allowed(asked.home), "tones": TONES, "name_of": name_of,
        "question": question, "bytes_of": bytes_of, "percent": percent, "sign": sign, "tree": TREE, "most": CHILDREN,
    }  # fmt: skip


def is_allowed(home: str) -> bool:
    """Whether a browser of this machine may act; who is on the network never may."""
    try:
        return load(home).processes.web
    except FleetmeterError:
        return False


PAGE = Page("processes", "Processes", "/processes", read, ("table",), icon="processes")
