"""`[budgets.NAME]` of config.toml: how much may be spent in a day, a week or a month, by whom and on what."""

from typing import NamedTuple, cast

from store.errors import FleetmeterError
from store.price_config import Place

PERIODS = ("day", "week", "month")
OF = ("account", "agent", "project", "model")
"""Whose spending counts; without any, all of it."""
AMOUNTS = ("usd", "tokens")
KEYS = ("per", *AMOUNTS, *OF)
MOST_USD, MOST_TOKENS = 10**9, 10**15


class Budget(NamedTuple):
    """One budget; of the two amounts at least one is set. Dollars are at API prices."""

    name: str
    per: str
    usd_nanos: int | None = None
    tokens: int | None = None
    account: str | None = None
    agent: str | None = None
    project: str | None = None
    model: str | None = None


def read_budgets(path: str, table: object) -> tuple[Budget, ...]:
    """All budgets, in the order of the file; every key checked."""
    place = Place(path, "budgets")
    if not isinstance(table, dict):
        raise place.wrong("a table for each budget, as `[budgets.team]`")
    return tuple(_budget(place.at(name), name, value) for name, value in cast("dict[str, object]", table).items())


def _budget(place: Place, name: str, value: object) -> Budget:
    if not isinstance(value, dict):
        raise place.wrong(f'a table, as `per = "month"` and `usd = 200` below `[budgets.{name}]`')
    table = cast("dict[str, object]", value)
    for key in table:
        if key not in KEYS:
            raise FleetmeterError(f"{place.path}: unknown key `{key}` in `{place.key}`", hint=_nearest(key, KEYS))
    if "per" not in table:
        raise FleetmeterError(f"{place.path}: `{place.key}` has no `per`", hint="it may be day, week or month")
    if table["per"] not in PERIODS:
        text = str(table["per"])
        raise FleetmeterError(f"{place.path}: `{place.key}.per` cannot be {text!r}", hint=_nearest(text, PERIODS))
    if not any(amount in table for amount in AMOUNTS):
        hint = "give `usd`, `tokens`, or both"
        raise FleetmeterError(f"{place.path}: `{place.key}` has no amount", hint=hint)
    usd, tokens = table.get("usd"), table.get("tokens")
    return Budget(
        name,
        str(table["per"]),
        None if usd is None else round(_amount(place.at("usd"), usd, MOST_USD) * 10**9),
        None if tokens is None else _whole(place.at("tokens"), tokens),
        *(_name(place.at(key), table[key]) if key in table else None for key in OF),
    )


def _amount(place: Place, value: object, most: int) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
        raise place.wrong("US dollars, a number above 0")
    return value


def _whole(place: Place, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_TOKENS:
        raise place.wrong("a whole number of tokens above 0")
    return value


def _name(place: Place, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise place.wrong("a text")
    return value


def _nearest(key: str, names: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(key, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"it may be {', '.join(f'`{name}`' for name in names)}"
