"""What ran when, as numbers for SVG: a lane for each session of the last hours, as the terminal app has it in signs."""

import math
import time
from collections.abc import Iterable
from typing import NamedTuple

from viewers.panels.moments import instant
from viewers.panels.timeline_read import Lane as Worked
from viewers.panels.timeline_read import Timeline

MOST = 14
STEP_S = 60.0
"""So finely it is drawn, and so often anew: a picture that moved each second would be sent each second."""
TICK_S = 3600
NAMES = {"rest": "rest", "agent": "agent", "main": "main", "prompt": "main", "waiting": "wait"}


class Bar(NamedTuple):
    """A stretch of a lane, in percent of the span."""

    kind: str
    x: float
    width: float


class Lane(NamedTuple):
    """A session."""

    session_id: str
    agent: str
    project: str | None
    title: str | None
    bars: tuple[Bar, ...]


class Drawn(NamedTuple):
    """The lanes, those that worked last first, and the round hours."""

    lanes: tuple[Lane, ...]
    hidden: int
    ticks: tuple[tuple[float, str], ...]


def until(now_s: float) -> float:
    """The end of the minute."""
    return math.ceil(now_s / STEP_S) * STEP_S


def drawn(found: Timeline) -> Drawn:
    """At most so many lanes."""
    lanes = sorted(found.lanes, key=lambda lane: (lane.last_at or "", lane.key), reverse=True)
    own = tuple(_lane(lane, found) for lane in lanes[:MOST])
    return Drawn(own, len(lanes) - len(own), tuple(_ticks(found)))


def _lane(lane: Worked, found: Timeline) -> Lane:
    whole = found.until_s - found.since_s
    first, last = instant(lane.first_at), instant(lane.last_at)
    bars = [Bar("rest", *_place(first, last, found, whole))] if first is not None and last is not None else []
    for kind in sorted({NAMES[kind] for kind, _, _ in lane.works}, key=list(NAMES.values()).index):
        spans = [(begin, end) for name, begin, end in lane.works if NAMES[name] == kind]
        bars += [Bar(kind, *_place(begin, end, found, whole)) for begin, end in _joined(spans)]
    return Lane(lane.session_id, lane.agent, lane.project, lane.title, tuple(bars))


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that touch, as one; each at least as long as what is drawn is fine."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        begin -= begin % STEP_S
        end = max(end, begin + STEP_S)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _place(begin: float, end: float, found: Timeline, whole: float) -> tuple[float, float]:
    from_s, to_s = max(begin, found.since_s), min(end, found.until_s)
    return (from_s - found.since_s) / whole * 100, max(to_s - from_s, 0.0) / whole * 100


def _ticks(found: Timeline) -> Iterable[tuple[float, str]]:
    shift = time.localtime(found.since_s).tm_gmtoff
    moment = -(-(found.since_s + shift) // TICK_S) * TICK_S - shift
    while moment < found.until_s:
        place = (moment - found.since_s) / (found.until_s - found.since_s) * 100
        if place < 95:
            yield place, time.strftime("%H:%M", time.localtime(moment))
        moment += TICK_S
