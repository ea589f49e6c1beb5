"""What made the difference between two sums of money: how much, by which models, and of which kinds of tokens. Pure."""

from fractions import Fraction

from store.light import NamedTuple
from viewers.reports.usage import Used

VOLUME, MODELS, KINDS, PRICES = "volume", "models", "kinds", "prices"


class Driver(NamedTuple):
    """A cause, and what it added or took away."""

    name: str
    usd_nanos: int


def drivers(before: dict[str, Used], after: dict[str, Used], changing: set[str]) -> list[Driver]:
    """By model what was used; they add up to the difference of the two sums.

    volume: as many more tokens as there are, at what a token cost before. models: the same tokens by other models,
    each at what a token of it cost before (of a model that is new: what it costs now). kinds: each model's tokens at
    what they cost now; a token costs another amount because less of them is read from a cache, or more of it is
    output. Where a model has more than one price (it is in changing), that may be another day, tier or size of
    request, too: prices. Tokens without a price are left out.
    """
    old, new = _tokens(before), _tokens(after)
    old_sum, new_sum = sum(old.values()), sum(new.values())
    old_money, new_money = _money(before), _money(after)
    if not old_sum or not new_sum:
        return [Driver(VOLUME, new_money - old_money)]
    was = {model: Fraction(before[model].usd_nanos, tokens) for model, tokens in old.items() if tokens}
    now = {model: Fraction(after[model].usd_nanos, tokens) for model, tokens in new.items() if tokens}
    mixed = sum((tokens * was.get(model, now.get(model, Fraction())) for model, tokens in new.items()), Fraction())
    volume = round(Fraction(old_money, old_sum) * (new_sum - old_sum))
    models = round(mixed) - old_money - volume
    shifts = {model: new[model] * (rate - was[model]) for model, rate in now.items() if model in was}
    prices = round(sum((shift for model, shift in shifts.items() if model in changing), Fraction()))
    kinds = new_money - old_money - volume - models - prices
    found = [Driver(VOLUME, volume), Driver(MODELS, models), Driver(KINDS, kinds), Driver(PRICES, prices)]
    return [driver for driver in found if driver.usd_nanos or driver.name != PRICES]


def _tokens(used: dict[str, Used]) -> dict[str, int]:
    return {model: own.total_tokens - own.unpriced_tokens for model, own in used.items()}


def _money(used: dict[str, Used]) -> int:
    return sum(own.usd_nanos for own in used.values())
