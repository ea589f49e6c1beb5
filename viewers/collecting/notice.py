"""The line below what a viewer shows, where something is wrong with the recording. Only for a person who looks on."""

import os
import sys
from typing import Any

from store import home as homes
from store import lock
from store.ask import ask
from store.lock import COLLECTING
from viewers.screen import format, terminal
from viewers.screen.text import clean

PATIENCE_S = 0.5
LATE_S = 5.0


def tell() -> None:
    """Say it, dim, on stderr."""
    if not terminal.is_terminal(sys.stderr):
        return
    words = clean(trouble(homes.locate()))
    if words:
        terminal.say(words if os.environ.get("NO_COLOR") else f"{terminal.STYLES['dim']}{words}{terminal.RESET}")


def trouble(home: str) -> str:
    """What is wrong, in one line; "" when nothing is."""
    holder = lock.holder(home)
    if holder is None:
        return "no collector runs: this is what was recorded before; `fleetmeter start` starts one"
    if holder.doing != COLLECTING:
        return f"pid {holder.pid} is {holder.doing}: this is what was recorded before"
    said = ask(home, "status", PATIENCE_S)
    return f"the collector (pid {holder.pid}) does not answer" if said is None else told(said)


def told(said: dict[str, Any]) -> str:
    """What of that is worth a line."""
    last: dict[str, str] = said.get("lastError") or {}
    if said.get("state") == "waiting":
        return f"the collector waits: {last.get('words', 'its database is not open yet')}"
    if said.get("state") == "held up":
        return "the collector is held up by a program that reads the database and does not end"
    if said.get("state") == "importing":
        return f"still importing, {said['backlog']['share']:.0%} done: these numbers grow"
    if said.get("lagSeconds", 0.0) > LATE_S:
        return f"the collector is {format.size(said['lagBytes'])} and {said['lagSeconds']:.0f} s behind"
    if "put aside" in last.get("words", ""):
        return "the database was damaged, put aside and recorded anew; `fleetmeter doctor` tells more"
    return ""
