"""Spend by day in stacks, as numbers for SVG: made by the server, so that it is there without any script."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from viewers.panels.words import folder, model, model_style
from viewers.reports.usage import Used, groups
from viewers.screen.secrets import hide
from viewers.screen.text import clean
from viewers.web.asked_range import Range

NANOS = 1e9
HUES: tuple[str, ...] = ("s-opus", "s-sonnet", "s-fable", "s-haiku", "s-gpt")
STEPS = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10)
"""A quarter of each is a round amount too."""
OTHERS = "others"


class Part(NamedTuple):
    """One colour of one column, in percent of the box."""

    y: float
    height: float
    series: str


class Column(NamedTuple):
    """A day."""

    day: str
    x: float
    width: float
    parts: tuple[Part, ...]
    usd: float
    unpriced_tokens: int
    is_least: bool


class Chart(NamedTuple):
    """The columns, the marks at the left, and which colour is whose."""

    columns: tuple[Column, ...]
    top: float
    legend: tuple[tuple[str, str], ...]
    values: tuple[tuple[float, ...], ...]
    """Dollars of each day, in the order of the legend."""

    def data(self) -> dict[str, Any]:
        """The same for a script that draws it."""
        series = [
            {"name": clean(hide(name)), "style": style, "values": [round(usd, 4) for usd in values]}
            for (name, style), values in zip(self.legend, self.values, strict=True)
        ]
        return {
            "kind": "stack", "days": [column.day for column in self.columns], "top": self.top, "series": series,
            "unpriced": [column.unpriced_tokens > 0 for column in self.columns],
            "least": [column.is_least for column in self.columns],
        }  # fmt: skip


class Row(Protocol):
    @property
    def key(self) -> str: ...


def chart(reader: sqlite3.Connection, chosen: Range, rows: Sequence[Row], days: list[str]) -> Chart:
    """Of the dearest each its own colour, of all others one."""
    sums = _by_day(reader, chosen, [row.key for row in rows])
    names = [row.key for row in rows]
    series = colours(names) if chosen.by == "model" else dict(zip(names, HUES, strict=False))
    top = round_up(max((sum(used.usd_nanos for used in sums.get(day, {}).values()) for day in days), default=0) / NANOS)
    step = 100 / max(len(days), 1)
    columns = tuple(_column(day, index, step, sums.get(day, {}), series, top) for index, day in enumerate(days))
    legend = [(_name(chosen.by, name), series[name]) for name in series]
    if any(name not in series for own in sums.values() for name in own):
        legend.append((OTHERS, "s-none"))
    values = [tuple(sums.get(day, {}).get(name, Used()).usd_nanos / NANOS for day in days) for name in series]
    if len(legend) > len(series):
        values.append(tuple(_others(sums.get(day, {}), series) for day in days))
    return Chart(columns, top, tuple(legend), tuple(values))


def _others(own: dict[str, Used], series: dict[str, str]) -> float:
    return sum(used.usd_nanos for name, used in own.items() if name not in series) / NANOS


def _by_day(reader: sqlite3.Connection, chosen: Range, names: list[str]) -> dict[str, dict[str, Used]]:
    scope, found = chosen.scope, dict[str, dict[str, Used]]()
    if chosen.by == "model":
        return {group.key: group.models for group in groups(reader, scope, "day")}
    if chosen.by == "project":
        for group in groups(reader, scope, "day", is_split=True):
            found.setdefault(group.key, {})[group.part] = group.used
        return found
    for name in names:
        for group in groups(reader, scope._replace(agents=(name,)), "day"):
            found.setdefault(group.key, {})[name] = group.used
    return found


def _column(day: str, index: int, step: float, own: dict[str, Used], series: dict[str, str], top: float) -> Column:
    below, parts = 100.0, list[Part]()
    order = list(series)
    named = sorted(own.items(), key=lambda item: order.index(item[0]) if item[0] in series else len(order))
    for name, used in named:
        height = used.usd_nanos / NANOS / top * 100 if top else 0.0
        if height:
            below -= height
            parts.append(Part(below, height, series.get(name, "s-none")))
    return Column(
        day, index * step + step * 0.1, step * 0.8, tuple(parts), sum(used.usd_nanos for used in own.values()) / NANOS,
        sum(used.unpriced_tokens for used in own.values()),
        any(used.unpriced_tokens or used.lower_bounds for used in own.values()),
    )  # fmt: skip


def colours(models: Sequence[str]) -> dict[str, str]:
    """The dearest of a family has its colour, each other one that is left; none is given twice."""
    found: dict[str, str] = {}
    for name in models:
        own = model_style(name).replace("model-", "s-")
        if own in HUES and own not in found.values():
            found[name] = own
    left = [hue for hue in HUES if hue not in found.values()]
    found |= dict(zip((name for name in models if name not in found), left, strict=False))
    return {name: found[name] for name in models if name in found}


def _name(by: str, name: str) -> str:
    return folder(name) if by == "project" else model(name) if by == "model" else name


def round_up(usd: float) -> float:
    """A round amount that holds it, and not much more."""
    unit = 0.01
    while usd > unit * 10:
        unit *= 10
    return next((unit * step for step in STEPS if unit * step >= usd), unit * 10) if usd else 0.0
