"""`[limits]` of config.toml: whether vendors are asked how much of a plan is used: never, unless the user says so."""

from typing import NamedTuple, cast

from store.errors import FleetmeterError
from store.price_config import Place

LEAST_S = 180
KEYS = ("ask", "every_s")


class Limits(NamedTuple):
    """Whether, and how many seconds apart."""

    ask: bool = False
    every_s: float = 300.0


def read_limits(path: str, table: object) -> Limits:
    """All of it, every key checked."""
    place = Place(path, "limits")
    if not isinstance(table, dict):
        raise place.wrong("a table, as `ask = true` below `[limits]`")
    own = cast("dict[str, object]", table)
    for key in own:
        if key not in KEYS:
            raise FleetmeterError(f"{path}: unknown key `{key}` in `limits`", hint="it may be `ask` or `every_s`")
    ask, every_s = own.get("ask", False), own.get("every_s", 300)
    if not isinstance(ask, bool):
        raise place.at("ask").wrong("true or false")
    if not isinstance(every_s, int | float) or isinstance(every_s, bool) or not LEAST_S <= every_s <= 86_400:
        raise place.at("every_s").wrong(f"a number of seconds, {LEAST_S} or more")
    return Limits(ask, every_s)
