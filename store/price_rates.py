"""The rates of one model under one tier, flattened: a row for each date, time of day and size where they change."""

from decimal import Decimal
from typing import Any, NamedTuple

from store.price_table import Node, is_node, nodes

PICOS = 10**6  # of a dollar, for a token, in a dollar for a million tokens
SEARCH_PICOS = 10**9  # for a search, in a dollar for a thousand
ALWAYS, MIDNIGHT, ANY_SIZE = "", "00:00", -1
PLAIN = ("standard", "default", "")

# Rates for what no agent counts: such a model cannot be priced from its tokens alone.
UNCOUNTED = ("requests_kcount", "output_reasoning_mtok", "output_citation_mtok")


class Rates(NamedTuple):
    """What a token costs, in millionths of a millionth of a dollar, by kind; and a search."""

    input_picos: int
    cache_read_picos: int
    cache_write_5m_picos: int
    cache_write_1h_picos: int
    output_picos: int
    web_search_picos: int


class Row(NamedTuple):
    """Rates from some day and time of day on, for requests of more tokens than above_tokens; None is unpriced."""

    starts_at: str
    from_time: str
    above_tokens: int
    rates: Rates | None
    reason: str


def flatten(model: Node, tier: str, is_own: bool) -> list[Row]:
    """All rates of the model under the tier."""
    days, times = _changes(model)
    found: list[Row] = []
    before: list[Row] = []
    for day in sorted(days):
        block: list[Row] = []
        last: list[Row] = []
        for time in sorted(times):
            rows = _rows(model, tier, is_own, day, time)
            if [row[2:] for row in rows] != [row[2:] for row in last]:
                block += rows
                last = rows
        if [row[1:] for row in block] != [row[1:] for row in before]:
            found += block
            before = block
    return found


def words(tier: str) -> list[str]:
    """What of a tier differs from the plain one; each word has a price of its own, or there is none."""
    return [word for word in tier.split("+") if word not in PLAIN]


def _changes(model: Node) -> tuple[set[str], set[str]]:
    """The days and the times of day on which any price changes."""
    days, times = {ALWAYS}, {MIDNIGHT}
    for one in (*nodes(model["prices"]), *nodes(model.get("price_variants"))):
        constraint: Node = one.get("constraint") or {}
        if "start_date" in constraint:
            days.add(str(constraint["start_date"]))
        elif constraint:
            times |= {_time(constraint["start_time"]), _time(constraint["end_time"])}
    return days, times


def _rows(model: Node, tier: str, is_own: bool, day: str, time: str) -> list[Row]:
    prices = _standard(model, day, time)
    missing = ""
    if words(tier):
        prices, missing = _varied(model if is_own else {}, prices, words(tier), day, time)
    uncounted = next((kind for kind in UNCOUNTED if prices.get(kind) is not None), "")
    if missing:
        reason = f"no price for `{missing}`"
    elif uncounted:
        reason = f"also billed by `{uncounted}`, which is not counted"
    elif prices.get("input_mtok") is None or prices.get("output_mtok") is None:
        reason = "no price by token"
    else:
        sizes = {tier["start"] for price in prices.values() if is_node(price) for tier in _tiers(price)}
        return [Row(day, time, size, _rates(prices, size), "") for size in sorted({ANY_SIZE, *sizes})]
    return [Row(day, time, ANY_SIZE, None, reason)]


def _standard(model: Node, day: str, time: str) -> Node:
    prices: Any = model["prices"]
    if is_node(prices):
        return prices
    # The last that holds wins; where none does, the first.
    return next((one["prices"] for one in reversed(prices) if _is_active(one, day, time)), prices[0]["prices"])


def _varied(model: Node, prices: Node, asked: list[str], day: str, time: str) -> tuple[Node, str]:
    """The prices with what the tier changes of them; and the first word of the tier that changes nothing."""
    context = {("processing", word) for word in asked} | {("service_tier", word) for word in asked}
    context |= {("speed", word) for word in asked}
    overrides: Node = {}
    known: set[str] = set()
    for variant in nodes(model.get("price_variants")):
        when = set(variant["when"].items())
        if when <= context and _is_active(variant, day, time):
            known |= {word for _, word in when}
            for kind, price in variant["prices"].items():
                if price is not None:
                    overrides.setdefault(kind, price)
    return prices | overrides, next((word for word in asked if word not in known), "")


def _is_active(one: Node, day: str, time: str) -> bool:
    constraint = one.get("constraint")
    if not constraint:
        return True
    if "start_date" in constraint:
        return day >= str(constraint["start_date"])
    start, end = _time(constraint["start_time"]), _time(constraint["end_time"])
    return start <= time < end if start <= end else time >= start or time < end


def _time(value: object) -> str:
    """The time of day in UTC, to the minute."""
    text = str(value)
    if text[8:] not in ("", "Z", "+00:00") or text[5:8] not in ("", ":00"):
        raise ValueError(f"a time of day that is no whole minute of UTC: {text}")
    return text[:5]


def _rates(prices: Node, size: int) -> Rates:
    """A kind without a price of its own is a part of the one above it, and billed as that."""
    plain, written = _at(prices["input_mtok"], size), prices.get("cache_write_mtok")
    write = plain if written is None else _at(written, size)
    read, five, hour, searches = (
        prices.get(kind)
        for kind in ("cache_read_mtok", "cache_write_5m_mtok", "cache_write_1h_mtok", "web_searches_kcount")
    )
    return Rates(
        _whole(plain, PICOS),
        _whole(plain if read is None else _at(read, size), PICOS),
        _whole(write if five is None else _at(five, size), PICOS),
        _whole(write if hour is None else _at(hour, size), PICOS),
        _whole(_at(prices["output_mtok"], size), PICOS),
        _whole(Decimal(0) if searches is None else _at(searches, size), SEARCH_PICOS),
    )


def _tiers(price: Node) -> list[Node]:
    return sorted(price["tiers"], key=lambda tier: tier["start"])


def _at(price: Any, size: int) -> Decimal:
    """The price for requests of more tokens than that size."""
    if not is_node(price):
        return Decimal(price)
    return Decimal(next((tier["price"] for tier in reversed(_tiers(price)) if size >= tier["start"]), price["base"]))


def _whole(price: Decimal, unit: int) -> int:
    # A few prices were once floats, and have a tail in the seventeenth place: it is dropped.
    return round(price * unit)
