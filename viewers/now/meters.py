"""Meters of plan limits: their windows, how fast one fills, when it will be full, and when it began anew. Pure.

A window is told again and again, by whoever heard of it, also by programs that say what they heard hours ago. Within a
window a meter only rises: so the highest level is the newest, and a window that lies before another one is over.
"""

from collections.abc import Iterable
from itertools import pairwise

from store.light import NamedTuple

SAME_RESET_S = 300.0
"""Windows told to end no further apart than this are one: who tells rounds, and counts from his own clock."""
LATE_S = 60.0
"""How long after its end a window may still be told of."""
BURN = 5
"""A rate is made of the last fifth of a window: the last hour of five, the last day and a half of a week."""
LEAST = 20
"""Of less than a twentieth of a window nothing is said."""
FULL = 100.0


class Reading(NamedTuple):
    """What somebody read off a meter, from when until when."""

    at_s: float
    until_s: float
    used: float
    resets_s: float | None
    minutes: int | None
    source: str
    plan: str | None = None


class Level(NamedTuple):
    """How high a meter had risen, when that was seen first and last, and by whom."""

    at_s: float
    until_s: float
    used: float
    source: str


class Window(NamedTuple):
    """One filling of a meter: its levels, rising. starts_s and resets_s are None where nobody tells them."""

    starts_s: float | None
    resets_s: float | None
    drift_s: float
    """By how much those who told of its end differ."""
    levels: tuple[Level, ...]
    plan: str | None = None

    @property
    def last(self) -> Level:
        return self.levels[-1]

    def is_over(self, now_s: float) -> bool:
        return self.resets_s is not None and now_s >= self.resets_s


class Movement(NamedTuple):
    """A rise of a meter: after since_s, and not later than until_s."""

    since_s: float
    until_s: float
    low: float
    high: float

    @property
    def points(self) -> float:
        return self.high - self.low


class Reset(NamedTuple):
    """A meter that was seen to begin anew, between two readings."""

    after_s: float
    by_s: float
    told_s: float | None
    """When it was told to."""
    drift_s: float
    used_before: float
    used_after: float

    @property
    def is_early(self) -> bool:
        return self.told_s is not None and self.by_s < self.told_s - LATE_S


def windows(readings: Iterable[Reading]) -> list[Window]:
    """The windows that these readings of one meter are of, in their order."""
    fresh = [own for own in readings if own.resets_s is None or own.at_s <= own.resets_s + LATE_S]
    dated = sorted((own for own in fresh if own.resets_s is not None), key=_reset)
    groups: list[list[Reading]] = []
    for own in dated:
        if not groups or _reset(own) - _reset(groups[-1][-1]) > SAME_RESET_S:
            groups.append([])
        groups[-1].append(own)
    groups += _undated([own for own in fresh if own.resets_s is None])
    return sorted(map(_window, groups), key=lambda window: window.levels[0].at_s)


def _reset(own: Reading) -> float:
    return own.resets_s or 0.0


def _undated(readings: list[Reading]) -> list[list[Reading]]:
    """Nobody tells when such a meter begins anew: it did where it fell to less than half."""
    groups: list[list[Reading]] = []
    for own in sorted(readings):
        if not groups or own.used < groups[-1][-1].used / 2:
            groups.append([])
        groups[-1].append(own)
    return groups


def _window(readings: list[Reading]) -> Window:
    ends = [own.resets_s for own in readings if own.resets_s is not None]
    resets = max(readings, key=lambda own: own.at_s).resets_s
    minutes = max((own.minutes for own in readings if own.minutes), default=None)
    drift = max(ends) - min(ends) if ends else 0.0
    starts = resets - minutes * 60 if resets is not None and minutes else None
    plan = next((own.plan for own in readings if own.plan), None)
    return Window(starts, resets, drift, _levels(readings, resets), plan)


def _levels(readings: list[Reading], resets: float | None) -> tuple[Level, ...]:
    """Each rise; whoever tells of a lower level heard it earlier."""
    levels: list[Level] = []
    for own in sorted(readings):
        until = own.until_s if resets is None else max(own.at_s, min(own.until_s, resets))
        if levels and own.used == levels[-1].used:
            levels[-1] = levels[-1]._replace(until_s=max(until, levels[-1].until_s))
        elif not levels or own.used > levels[-1].used:
            if levels:
                levels[-1] = levels[-1]._replace(until_s=min(levels[-1].until_s, own.at_s))
            levels.append(Level(own.at_s, until, own.used, own.source))
    return tuple(levels)


def current(found: list[Window]) -> Window:
    """The window that is open, or was last: the one that ends last, unless one without an end was told of later."""
    dated = [window for window in found if window.resets_s is not None]
    best = max(dated, key=lambda window: window.resets_s or 0.0) if dated else found[-1]
    undated = [window for window in found if window.resets_s is None and window.last.until_s > best.last.until_s]
    return undated[-1] if undated else best


def movements(window: Window) -> list[Movement]:
    """Its rises. A window begins with nothing used; without its beginning the first level is no rise."""
    found: list[Movement] = []
    first = window.levels[0]
    if window.starts_s is not None and first.used > 0:
        found.append(Movement(min(window.starts_s, first.at_s), first.at_s, 0.0, first.used))
    for before, after in pairwise(window.levels):
        found.append(Movement(before.until_s, after.at_s, before.used, after.used))
    return found


def rate(window: Window, now_s: float) -> float | None:
    """Percent a second, over the last fifth of the window before it was last read, or since it began.

    So short a burst is spread over at least a twentieth. None where the window has just begun, was read once, or is not
    read any more: then nothing can be said.
    """
    if window.starts_s is None or window.resets_s is None or len(window.levels) < 2:
        return None
    length, end_s = window.resets_s - window.starts_s, window.last.until_s
    since_s = max(window.starts_s, end_s - length / BURN)
    if now_s - end_s > length / BURN or end_s - since_s < length / LEAST:
        return None
    return (window.last.used - _level_at(window, since_s)) / (end_s - since_s)


def _level_at(window: Window, at_s: float) -> float:
    """Between two readings a meter is taken to rise evenly."""
    points = [(window.starts_s or 0.0, 0.0)]
    points += [point for level in window.levels for point in ((level.at_s, level.used), (level.until_s, level.used))]
    for (low_s, low), (high_s, high) in pairwise(points):
        if low_s <= at_s < high_s:
            return low + (high - low) * (at_s - low_s) / (high_s - low_s)
    return points[-1][1] if at_s >= points[-1][0] else 0.0


def full_at(window: Window, per_s: float | None) -> float | None:
    """When all of it will be used, if it goes on like that; None where it begins anew before, or nobody knows."""
    if window.last.used >= FULL:
        return window.last.at_s
    if not per_s or per_s <= 0 or window.resets_s is None:
        return None
    at_s = window.last.until_s + (FULL - window.last.used) / per_s
    return at_s if at_s < window.resets_s else None


def resets(found: list[Window]) -> list[Reset]:
    """Where a meter was seen in one window, and then in a later one. That of an unused window shows nothing."""
    return [
        Reset(before.last.until_s, after.levels[0].at_s, before.resets_s, before.drift_s, before.last.used,
              after.levels[0].used)
        for before, after in pairwise(found)
        if before.last.used > 0 and after.levels[0].at_s >= before.last.at_s
    ]  # fmt: skip
