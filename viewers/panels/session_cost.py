"""What a session used: its money, its tokens by kind, the part of the cache, and all of that for each model."""

from viewers.panels.fleet_read import LATELY_S
from viewers.panels.gauges import bar
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, one
from viewers.panels.session_read import Session, Use
from viewers.panels.words import model, model_style, money
from viewers.screen import format

NANOS = 1e9
WIDE = 76
"""From so many columns on each model is a row of a table."""
KINDS = ("input", "cache read", "write 5m", "write 1h", "output")
GIVEN = 4
"""The kinds before the last are what a model was given."""


def cost(found: Session, columns: int) -> Panel:
    """Money and tokens by kind, and what each model cost and used."""
    card = found.card
    if card is None or not found.used:
        return Panel("Tokens and cost", empty="no answer yet")
    unpriced = sum(use.unpriced_tokens for use in found.used)
    rate = (card.lately_nanos or 0) / NANOS / (LATELY_S / 60)
    rows = [one("sum", (_amount(found.used), "bold"), *_rate(rate))]
    sums: dict[str, list[Use]] = {}
    for use in found.used:
        sums.setdefault(use.model, []).append(use)
    models = sorted(sums.items(), key=lambda item: -sum(use.usd_nanos or 0 for use in item[1]))
    rows += _table(models, columns) if columns >= WIDE else _lines(models, found.used, columns)
    searches = sum(use.web_searches for use in found.used)
    if searches:
        rows.append(one("web", *apart((("web searches", "muted"),), ((format.count(searches), ""),), columns)))
    return Panel("Tokens and cost", tuple(rows), f"{format.tokens(unpriced)} unpriced" if unpriced else "", "warn")


def _rate(rate: float) -> Line:
    return ((f"   {money(rate)}/min now", "muted"),) if rate >= 0.005 else ()


def _amount(used: tuple[Use, ...] | list[Use]) -> str:
    """A sum, at least a sum, or unpriced."""
    if all(use.usd_nanos is None for use in used):
        return money(None)
    is_least = any(use.unpriced_tokens or use.lower_bounds for use in used)
    return money(sum(use.usd_nanos or 0 for use in used) / NANOS, is_least=is_least)


def _kinds(used: tuple[Use, ...] | list[Use]) -> list[int]:
    return [sum(column) for column in zip(*(use.kinds for use in used), strict=True)]


def _hit(kinds: list[int]) -> str:
    """How much of what was given came from the cache."""
    given = sum(kinds[:GIVEN])
    return f"{kinds[1] / given:.0%}" if given else format.NONE


def _table(models: list[tuple[str, list[Use]]], columns: int) -> list[Row]:
    """A row for each model, a column for each kind."""
    name = columns - 9 * len(KINDS) - 6 - 12
    heads = (cell(kind.removeprefix("cache "), 9, "muted", is_right=True) for kind in KINDS)
    ends = cell("hit", 6, "muted", is_right=True), cell("cost", 12, "muted", is_right=True)
    rows = [one("heads", cell("", name), *heads, *ends)]
    every = [use for _, own in models for use in own]
    for title, own in [*models, *([("all", every)] if len(models) > 1 else [])]:
        kinds, style = _kinds(own), model_style(title) if own is not every else "bold"
        numbers = (cell(format.tokens(tokens) if tokens else format.NONE, 9, is_right=True) for tokens in kinds)
        right = cell(_hit(kinds), 6, "muted", is_right=True), cell(_amount(own), 12, "bold", is_right=True)
        rows.append(one(title, cell(model(title), name, style), *numbers, *right))
    return rows


def _lines(models: list[tuple[str, list[Use]]], used: tuple[Use, ...], columns: int) -> list[Row]:
    """Two kinds to a line; below each model's money its own kinds."""
    given, read, short, long_, out = kinds = _kinds(used)
    pairs = [(("input", given), ("output", out)), (("cache read", read), ("cache hit", _hit(kinds)))]
    if short or long_:
        pairs.append((("written for 5m", short), ("1h", long_)))
    rows = [one(left[0], *apart(_named(*left), _named(*right), columns)) for left, right in pairs]
    whole = sum(use.usd_nanos or 0 for use in used)
    for title, own in models:
        gauge = bar(sum(use.usd_nanos or 0 for use in own) / whole if whole else 0.0, max(columns - 32, 4),
                    model_style(title))  # fmt: skip
        amount = cell(_amount(own), 11, "", is_right=True)
        first: Line = (cell(model(title), 19, model_style(title)), (" ", ""), *gauge, (" ", ""), amount)
        rows.append(Row(title, (first, _split(own)) if len(models) > 1 else (first,)))
    return rows


def _split(own: list[Use]) -> Line:
    given, read, short, long_, out = _kinds(own)
    parts = (given, "in"), (read, "read"), (short + long_, "written"), (out, "out")
    return (("  " + " ".join(f"{format.tokens(tokens)} {name}" for tokens, name in parts if tokens), "muted"),)


def _named(name: str, number: int | str) -> tuple[Ink, ...]:
    return (f"{name} ", "muted"), (number if isinstance(number, str) else format.tokens(number), "")
