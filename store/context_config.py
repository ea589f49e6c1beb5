"""`[context.windows]` of config.toml: how large the contexts of models are, where the user knows better."""

from typing import NamedTuple, cast

from store.errors import FleetmeterError
from store.price_config import Place

MOST = 10**9
KEYS = ("windows",)


class Contexts(NamedTuple):
    """Model, or how its name begins → tokens."""

    windows: dict[str, int] = {}  # noqa: RUF012 - nobody writes to it


def read_contexts(path: str, table: object) -> Contexts:
    """All of it, every key checked."""
    place = Place(path, "context")
    if not isinstance(table, dict):
        raise place.wrong("a table, as `[context.windows]`")
    own = cast("dict[str, object]", table)
    for key in own:
        if key not in KEYS:
            raise FleetmeterError(f"{path}: unknown key `{key}` in `context`", hint="it may be `windows`")
    windows = own.get("windows", {})
    if not isinstance(windows, dict):
        raise place.at("windows").wrong('a table, as `"model-name" = 200_000`')
    sizes = cast("dict[str, object]", windows)
    return Contexts({name: _size(place.at("windows").at(name), size) for name, size in sizes.items()})


def _size(place: Place, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST:
        raise place.wrong("a whole number of tokens above 0")
    return value
