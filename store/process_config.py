"""`[processes]` of config.toml: which processes are looked at, and from when on one is stale or a runaway."""

from typing import NamedTuple, cast

from store.errors import FleetmeterError
from store.price_config import Place

NUMBERS = ("interactive_hours", "background_hours", "idle_percent", "memory_gb", "cpu_percent", "keep_days")


class Processes(NamedTuple):
    """What is usual, where the user says nothing."""

    scope: str = ""
    """`pid:1234` or `env:NAME=VALUE`: only that family is looked at and acted on."""
    interactive_hours: float = 4.0
    """Without any sign of life so long, a session at a terminal is stale."""
    background_hours: float = 8.0
    idle_percent: float = 1.0
    """Of a core; who uses less does nothing."""
    memory_gb: float = 8.0
    """Whoever holds more by itself is a runaway."""
    cpu_percent: float = 200.0
    keep_days: float = 30.0
    """How long peaks are kept of what processes used."""
    sample: bool = True
    """Whether a collector has them looked at every five seconds."""
    web: bool = False
    """Whether a browser on this machine may end and pin processes."""


def read_processes(path: str, table: object) -> Processes:
    """All of it, every key checked."""
    place = Place(path, "processes")
    if not isinstance(table, dict):
        raise place.wrong("a table, as `interactive_hours = 6` below `[processes]`")
    found = Processes()
    for key, value in cast("dict[str, object]", table).items():
        if key in NUMBERS:
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1e6:
                raise place.at(key).wrong("a number above 0")
        elif key in ("web", "sample"):
            if not isinstance(value, bool):
                raise place.at(key).wrong("true or false")
        elif key == "scope":
            if not isinstance(value, str) or not value.startswith(("pid:", "env:")):
                raise place.at(key).wrong("`pid:1234` or `env:NAME=VALUE`")
        else:
            names = ", ".join(f"`{name}`" for name in Processes._fields)
            raise FleetmeterError(f"{path}: unknown key `{key}` in `processes`", hint=f"it may be {names}")
        found = found._replace(**{key: value})
    return found
