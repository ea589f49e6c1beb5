"""`prices`: what the models that were seen cost, or what any model costs, since when, and where that was found.

`prices update` is the one thing that ever asks the network.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers import query
from viewers.reports.dates import date_of
from viewers.screen import format, output, terminal
from viewers.screen.table import Column, Row, lines
from viewers.trouble import UsageTrouble, tell

STANDARD, UPDATE = "standard", "update"
RATES = (
    Column("Input", is_number=True),
    Column("Read", is_number=True),
    Column("Write 5m", is_number=True, dispensable=2),
    Column("Write 1h", is_number=True, dispensable=2),
    Column("Output", is_number=True),
    Column("Search", is_number=True, dispensable=3),
)
SEEN = (
    Column("Model", least=16),
    Column("Tier", dispensable=4),
    *RATES,
    Column("Answers", is_number=True, dispensable=1),
    Column("Found as", least=12),
)
DETAIL = (Column("Since"), Column("From (UTC)"), Column("Above"), *RATES)
UNPRICED = "unpriced"
UNIT = "US dollars for a million tokens; searches: each"


class Price(NamedTuple):
    """A rate of a model, in dollars for a million tokens; without amounts it is unpriced, and the reason says why."""

    version: str
    model: str
    tier: str
    provider: str | None
    matched: str | None
    reason: str
    since: str
    from_time: str
    above_tokens: int
    usd: tuple[float, ...]


class Seen(NamedTuple):
    """A model that was seen, under a tier."""

    model: str
    tier: str
    responses: int
    usd: float | None
    unpriced: int
    unpriced_tokens: int


def run(*, model: str | None, at: str | None, tier: str | None, as_json: bool) -> int:
    """Show all models that were seen, or explain one, seen or not."""
    day = date_of(at, "--at")
    if model is None:
        if at is not None or tier is not None:
            raise UsageTrouble("--at and --tier go with a model", hint="`fleetmeter prices MODEL --at 2026-11-20`")
        return _show_seen(as_json)
    if model == UPDATE:
        if at is not None or tier is not None:
            raise UsageTrouble("`prices update` fetches a newer table, and goes with nothing but --json")
        return _update(as_json)
    from store.config import load
    from store.price_lookup import look_up

    home = homes.locate()
    rates = look_up([(model, tier or STANDARD)], load(home).prices, home)
    found = [_price(*rate) for rate in rates]
    found = found if day is None else in_force(found, day)
    if as_json:
        output.print_json({"schemaVersion": 1, "model": model, "tier": tier or STANDARD, "prices": _documents(found)})
    else:
        terminal.show(*_detail(found))
    return 0


def _update(as_json: bool) -> int:
    """Fetch a newer table, and price anew by it what is recorded."""
    from store import price_update
    from store.price_table import version
    from viewers.pricing import reprice

    home = homes.locate()
    terminal.say(f"fetching {price_update.URL}")
    terminal.say(f"{format.things(price_update.fetch(home, price_update.URL), 'model')} in {version(home)}")
    return reprice.run(is_dry=False, as_json=as_json)


def in_force(prices: Sequence[Price], day: str) -> list[Price]:
    """Those that hold on that day."""
    since = max((price.since for price in prices if price.since <= day), default="")
    return [price for price in prices if price.since == since]


def _show_seen(as_json: bool) -> int:
    seen, prices = list[Seen](), dict[tuple[str, str], list[Price]]()
    try:
        with closing(open_reader(homes.locate())) as reader:
            seen = [Seen(*row) for row in query.rows(reader, "prices_seen")]
            for row in query.rows(reader, "prices"):
                prices.setdefault((row[1], row[2]), []).append(_from_view(*row))
    except NoDatabaseYet as nothing:
        tell(nothing)
    if as_json:
        output.print_json({"schemaVersion": 1, "models": [_seen_document(one, prices) for one in seen]})
        return 0
    if not seen:
        terminal.say("no models were seen yet")
        return 0
    today = time.strftime("%Y-%m-%d", time.gmtime())
    rows = [_seen_row(one, prices.get((one.model, one.tier), []), today) for one in seen]
    terminal.show(UNIT, "", *lines(SEEN, rows, terminal.columns()))
    unpriced = [one for one in seen if one.unpriced]
    if unpriced:
        tokens = format.tokens(sum(one.unpriced_tokens for one in unpriced))
        answers = format.things(sum(one.unpriced for one in unpriced), "answer")
        terminal.say(
            "",
            f"{answers} ({tokens} tokens) without a price: in no sum of costs",
            '  give them one in config.toml: `[prices."MODEL"]`, with `input` and `output`, or `like = "OTHER"`',
        )
    if any("*" in row.cells[0] for row in rows):
        terminal.say("* changes by date, time or size: `fleetmeter prices MODEL` tells how")
    return 0


def _seen_row(one: Seen, prices: list[Price], today: str) -> Row:
    now = in_force(prices, today)
    first = next(iter(now), None)
    mark = " *" if len(prices) > 1 else ""
    if first is None or not first.usd:
        cells = (UNPRICED, *[""] * (len(RATES) - 1))
        found = first.reason if first else ""
    else:
        cells, found = _amounts(first), f"{first.provider} {first.matched}"
    return Row((one.model + mark, one.tier, *cells, format.count(one.responses), found), "bold" if one.unpriced else "")


def _detail(prices: list[Price]) -> list[str]:
    one = prices[0]
    name = f"{one.model} ({one.tier})" if one.tier != STANDARD else one.model
    said = [f"{name}: {UNPRICED}"] if not any(price.usd for price in prices) else [name]
    if one.matched is not None:
        how = next((price.reason for price in prices if price.usd), "")
        said.append(f"Found as {one.provider} {one.matched}" + (f", {how}" if how else ""))
    said.append(f"In {one.version}")
    if not any(price.usd for price in prices):
        return [*said, f"Because: {one.reason}"]
    rows = [
        Row(
            (
                price.since or "always",
                price.from_time if price.from_time != "00:00" else "",
                format.count(price.above_tokens) if price.above_tokens >= 0 else "",
                *(_amounts(price) if price.usd else (UNPRICED, *[""] * (len(RATES) - 1))),
            )
        )
        for price in prices
    ]
    because = dict.fromkeys(price.reason for price in prices if not price.usd)
    return [
        *said,
        *(f"Unpriced where there is {reason}" for reason in because),
        "",
        UNIT,
        "",
        *lines(DETAIL, rows, terminal.columns()),
    ]


def _amounts(price: Price) -> tuple[str, ...]:
    *tokens, search = price.usd
    return (*(f"{amount:.10g}" for amount in tokens), f"{search:.10g}" if search else format.NONE)


def _seen_document(one: Seen, prices: dict[tuple[str, str], list[Price]]) -> dict[str, object]:
    return {
        "model": one.model,
        "tier": one.tier,
        "responses": one.responses,
        "cost": one.usd,
        "unpricedResponses": one.unpriced,
        "unpricedTokens": one.unpriced_tokens,
        "prices": _documents(prices.get((one.model, one.tier), [])),
    }


def _documents(prices: list[Price]) -> list[dict[str, object]]:
    return [
        {
            "since": price.since or None,
            "fromTime": price.from_time,
            "aboveTokens": price.above_tokens if price.above_tokens >= 0 else None,
            "provider": price.provider,
            "matched": price.matched,
            "reason": price.reason,
            "version": price.version,
            "input": price.usd[0] if price.usd else None,
            "cacheRead": price.usd[1] if price.usd else None,
            "cacheWrite5m": price.usd[2] if price.usd else None,
            "cacheWrite1h": price.usd[3] if price.usd else None,
            "output": price.usd[4] if price.usd else None,
            "webSearch": price.usd[5] if price.usd else None,
        }
        for price in prices
    ]


def _price(
    version: str, model: str, tier: str, provider: str | None, matched: str | None, reason: str, since: str,
    from_time: str, above_tokens: int, *picos: int | None,
) -> Price:  # fmt: skip
    """From a rate as it is looked up: in millionths of a millionth of a dollar, for a token or a search."""
    *tokens, search = picos
    usd = tuple(pico / 1e6 for pico in tokens if pico is not None)
    usd = (*usd, search / 1e12) if search is not None else ()
    return Price(version, model, tier, provider, matched, reason, since, from_time, above_tokens, usd)


def _from_view(
    version: str, model: str, tier: str, provider: str | None, matched: str | None, reason: str, since: str,
    from_time: str, above_tokens: int, *usd: float | None,
) -> Price:  # fmt: skip
    amounts = tuple(amount for amount in usd if amount is not None)
    return Price(version, model, tier, provider, matched, reason, since, from_time, above_tokens, amounts)
