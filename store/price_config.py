"""`[prices]` of config.toml: what a model costs where the user knows better, in US dollars for a million tokens."""

from typing import Any, NamedTuple, cast

from store.errors import FleetmeterError

NEEDED = ("input", "output")
RATES = (*NEEDED, "cache_read", "cache_write_5m", "cache_write_1h", "web_search")
LIKE = "like"
STANDARD = "standard"
MOST = 10_000
"""Dollars: with more, a sum of absurd numbers would not fit into an integer."""

Override = dict[str, Any]
"""tier → its rates as decimal texts; or `like` → the model that has the price."""


class Place(NamedTuple):
    """Where something stands, for the words of an error."""

    path: str
    key: str

    def at(self, name: str) -> "Place":
        return Place(self.path, f"{self.key}.{name}")

    def wrong(self, expected: str) -> FleetmeterError:
        return FleetmeterError(f"{self.path}: `{self.key}` should be {expected}", hint="fix the line, or delete it")


def read_prices(path: str, table: object) -> dict[str, Override]:
    """The table as it may be stored and compared; every key checked."""
    place = Place(path, "prices")
    if not isinstance(table, dict):
        raise place.wrong('a table for each model, as `[prices."some-model"]`')
    models = {name: _override(place.at(name), value) for name, value in cast("dict[str, object]", table).items()}
    for name, override in models.items():
        other = override.get(LIKE)
        if other == name or LIKE in models.get(str(other), {}):
            raise place.at(name).at(LIKE).wrong("a model that has a price itself, not one that is like another")
    return models


def _override(place: Place, value: object) -> Override:
    if not isinstance(value, dict):
        raise place.wrong('a table, as `input = 3.0` and `output = 15.0` below `[prices."some-model"]`')
    table = cast("dict[str, object]", value)
    if LIKE in table:
        if set(table) != {LIKE}:
            raise place.wrong("either `like` alone, or rates")
        if not isinstance(table[LIKE], str) or not table[LIKE]:
            raise place.at(LIKE).wrong("the name of a model")
        return {LIKE: table[LIKE]}
    found: Override = {
        name: _rates(place.at(name), cast("dict[str, object]", rates))
        for name, rates in table.items()
        if isinstance(rates, dict)
    }
    plain = {name: rate for name, rate in table.items() if name not in found}
    if plain or not found:
        found[STANDARD] = _rates(place, plain)
    return found


def _rates(place: Place, table: dict[str, object]) -> dict[str, str]:
    for name in table:
        if name not in RATES:
            import difflib

            close = difflib.get_close_matches(name, RATES, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"it may have {', '.join(f'`{rate}`' for rate in RATES)}"
            raise FleetmeterError(f"{place.path}: unknown key `{name}` in `{place.key}`", hint=hint)
    for name in NEEDED:
        if name not in table:
            raise FleetmeterError(
                f"{place.path}: `{place.key}` has no `{name}`",
                hint="give `input` and `output` in US dollars for a million tokens, or `like` alone",
            )
    return {name: _rate(place.at(name), rate) for name, rate in table.items()}


def _rate(place: Place, value: object) -> str:
    expected = f"US dollars, a number from 0 to {MOST:,} with at most six decimals"
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise place.wrong(expected)
    from decimal import Decimal  # most machines have no such table

    rate = Decimal(repr(value))
    if rate * 10**6 % 1:
        raise place.wrong(expected)
    return str(rate.normalize())
