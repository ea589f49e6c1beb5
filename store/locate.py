"""Where the data folder of this user is. Imports next to nothing: an agent waits for some of those who ask."""

import os
import sys

DATABASE = "fleetmeter.db"


def locate() -> str:
    """The data folder of this user; it need not exist."""
    chosen = os.environ.get("FLEETMETER_HOME")
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    return usual(os.environ.get("XDG_DATA_HOME", "").strip())


def usual(shared: str = "") -> str:
    """The platform's own place, as platformdirs names it; importing that takes as long as a whole report."""
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/fleetmeter")
    return os.path.join(shared or os.path.expanduser("~/.local/share"), "fleetmeter")


def uri_in(home: str) -> str:
    """The database as one may open it who has no time to check it, and only reads."""
    path = os.path.join(home, DATABASE)
    return "file:" + "".join(c if c.isalnum() or c in "/._-~" else _escaped(c) for c in path) + "?mode=ro"


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in os.fsencode(character))
