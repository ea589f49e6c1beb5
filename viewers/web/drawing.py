"""Numbers for SVG: charts are made here, by the server, so that they are there without any script."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from viewers.panels.moments import instant

LONG_S = 600.0
"""A pause is drawn no longer than that: it would be all of the picture otherwise."""
WIDE, HIGH = 1000.0, 200.0
POINTS = 1000


class Curve(NamedTuple):
    """A line in a box of 1000 by 200, and where along it something is."""

    line: str
    area: str
    ticks: tuple[tuple[float, str], ...]
    """Place in percent, and the moment."""
    falls: tuple[float, ...]
    """Where it fell steeply."""
    places: tuple[float, ...]
    """Of each answer along it, in seconds without long pauses."""
    contexts: Sequence[tuple[str, int]]

    def data(self, top: int, auto: float) -> dict[str, Any]:
        """The same for a script that draws it, with no more points than a wide screen has room for."""
        chosen = _chosen([tokens for _, tokens in self.contexts])
        return {
            "kind": "line", "top": top, "auto": round(auto),
            "places": [round(self.places[index], 1) for index in chosen],
            "values": [self.contexts[index][1] for index in chosen],
            "at": [round(instant(self.contexts[index][0]) or 0) for index in chosen],
            "falls": [round(fall / 100 * (self.places[-1] or 1.0), 1) for fall in self.falls],
        }  # fmt: skip


def curve(contexts: Sequence[tuple[str, int]], top: int) -> Curve | None:
    """The context at each answer."""
    if len(contexts) < 2 or not top:
        return None
    at, places = 0.0, [0.0]
    before = instant(contexts[0][0]) or 0.0
    for moment, _ in contexts[1:]:
        now = instant(moment) or before
        at += min(max(now - before, 0.0), LONG_S)
        places.append(at)
        before = now
    wide = places[-1] or 1.0
    points = [(place / wide * WIDE, HIGH - min(tokens / top, 1.0) * HIGH)
              for place, (_, tokens) in zip(places, contexts, strict=True)]  # fmt: skip
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in _thinned(points))
    falls = tuple(
        points[index][0] / WIDE * 100
        for index in range(1, len(points))
        if contexts[index][1] < contexts[index - 1][1] * 0.6
    )
    area = f"{line} L{WIDE:.0f} {HIGH:.0f} L0 {HIGH:.0f}Z"
    return Curve(line, area, _ticks(places, contexts), falls, tuple(places), contexts)


def _chosen(values: Sequence[int]) -> list[int]:
    """Which points to keep: of each small stretch its ends, its highest and its lowest."""
    step = max(len(values) // POINTS, 1)
    found: set[int] = set()
    for begin in range(0, len(values), step * 4):
        own = range(begin, min(begin + step * 4, len(values)))
        found |= set(own) if step == 1 else {
            own[0], own[-1], max(own, key=values.__getitem__), min(own, key=values.__getitem__)
        }  # fmt: skip
    return sorted(found)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """No more points than the picture has room for; the highest and lowest of each column stay."""
    if len(points) <= 600:
        return points
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        columns.setdefault(int(point[0] / 4), []).append(point)
    kept: list[tuple[float, float]] = []
    for own in columns.values():
        ends = {own[0], own[-1], min(own, key=lambda one: one[1]), max(own, key=lambda one: one[1])}
        kept += [point for point in own if point in ends]
    return kept


def _ticks(places: list[float], contexts: Sequence[tuple[str, int]]) -> tuple[tuple[float, str], ...]:
    wide, found = places[-1] or 1.0, list[tuple[float, str]]()
    for step in range(5):
        index = min(range(len(places)), key=lambda each: abs(places[each] - wide * step / 4))
        place = places[index] / wide * 100
        if not found or place - found[-1][0] > 12:
            found.append((place, contexts[index][0]))
    return tuple(found)


class Bar(NamedTuple):
    """A bar of a chart, in percent of its box."""

    x: float
    width: float
    y: float
    height: float
    series: str
    words: str


def columns(values: Sequence[float], words: Sequence[str] = ()) -> tuple[Bar, ...]:
    """A bar for each value."""
    most = max(values, default=0.0) or 1.0
    step = 100 / max(len(values), 1)
    return tuple(
        Bar(
            index * step + step * 0.1, step * 0.8, 100 - value / most * 100, value / most * 100, "",
            words[index] if words else "",
        )
        for index, value in enumerate(values)
    )  # fmt: skip
