"""Windows of five hours, as ccusage cuts them: one begins with the hour of the first answer after the last has ended.

Sums of quarter hours are exact here: a window begins and ends on an hour. Only the first and the last answer of each
are asked for by themselves.
"""

import json
import sqlite3

from store.light import NamedTuple
from viewers import query
from viewers.reports.dates import day_after, seconds_of, utc
from viewers.reports.scope import Scope
from viewers.reports.usage import QUARTER_HOURS, RESPONSES, Used, by_model, parameters, total
from viewers.reports.zone import today

BLOCK_S = 5 * 3_600
HOUR_S, QUARTER_S, MINUTE_S = 3_600, 900, 60
LATELY_DAYS = (14, 60)
EARLY_S = 600
"""A window whose answers lie closer together tells nothing of the hours that are left."""


class Quarter(NamedTuple):
    """What was used in a quarter of an hour."""

    at_s: float
    models: dict[str, Used]
    sessions: set[int]


class Block(NamedTuple):
    """A window, or the gap between two."""

    start_s: float
    end_s: float
    first_s: float = 0
    last_s: float = 0
    models: dict[str, Used] = {}  # noqa: RUF012 - nobody writes to it
    is_active: bool = False
    is_gap: bool = False

    @property
    def used(self) -> Used:
        return total(list(self.models.values()))

    @property
    def id(self) -> str:
        return ("gap-" if self.is_gap else "") + utc(self.start_s)


class Rate(NamedTuple):
    """How fast a window is used, from its first answer to its last."""

    tokens_per_minute: float
    own_tokens_per_minute: float
    """Without those of a cache, as an indicator of what goes on."""
    usd_nanos_per_hour: float


class Projection(NamedTuple):
    """Where an open window comes to at its end, if it goes on like that."""

    remaining_minutes: int
    total_tokens: int
    usd_nanos: int


def blocks(reader: sqlite3.Connection, scope: Scope, now_s: float, *, since: str | None = None) -> list[Block]:
    """All windows and gaps, in order. The days of the scope are no matter here: a window must know what came before.
    Those since a day may begin at another hour, up to the first gap."""
    source = RESPONSES if scope.branch is not None else QUARTER_HOURS
    asked = parameters(scope._replace(since=since, until=None), "")
    quarters: dict[str, tuple[list[tuple[str, Used]], set[int]]] = {}
    for at, model, *sums, sessions in query.grouped(reader, source, "used_by_quarter", **asked):
        models, keys = quarters.setdefault(at, ([], set()))
        models.append((model, Used(*sums)))
        keys.update(int(key) for key in sessions.strip("[]").split(",") if key)
    known = [Quarter(seconds_of(at), dict(models), keys) for at, (models, keys) in quarters.items()]
    windows = cut(known)
    exact = _exact(reader, windows)
    found: list[Block] = []
    for window, (first_s, last_s) in zip(windows, exact, strict=True):
        start_s = window[0].at_s // HOUR_S * HOUR_S
        if found and first_s - found[-1].last_s > BLOCK_S:
            found.append(Block(found[-1].last_s + BLOCK_S, first_s, is_gap=True))
        models = by_model([part for quarter in window for part in quarter.models.items()])
        end_s = start_s + BLOCK_S
        is_active = now_s < end_s and now_s - last_s < BLOCK_S
        found.append(Block(start_s, end_s, first_s, last_s, models, is_active))
    return found


def newest(reader: sqlite3.Connection, scope: Scope, now_s: float, most: int) -> list[Block]:
    """The last windows, the newest first, without the gaps between them. After a gap they are the same, however little
    is known of what came before it."""
    for days in LATELY_DAYS:
        found = blocks(reader, scope, now_s, since=day_after(today(scope.zone, now_s), -days))
        gap = next((index for index, block in enumerate(found) if block.is_gap), len(found))
        if len(sure := _last(found[gap:], most)) == most:
            return sure
    return _last(blocks(reader, scope, now_s), most)


def _last(found: list[Block], most: int) -> list[Block]:
    return [block for block in found if not block.is_gap][: -most - 1 : -1]


def cut(quarters: list[Quarter]) -> list[list[Quarter]]:
    """The quarter hours of each window. One that begins five hours after the window did, begins the next; so a pause of
    five hours always does."""
    windows: list[list[Quarter]] = []
    for quarter in quarters:
        if windows and quarter.at_s < windows[-1][0].at_s // HOUR_S * HOUR_S + BLOCK_S:
            windows[-1].append(quarter)
        else:
            windows.append([quarter])
    return windows


def rate(block: Block) -> Rate | None:
    """None where a window holds too little to tell."""
    minutes = (block.last_s - block.first_s) / MINUTE_S
    if minutes <= 0 or block.is_gap:
        return None
    used = block.used
    return Rate(
        used.total_tokens / minutes,
        (used.input_tokens + used.output_tokens) / minutes,
        used.usd_nanos / minutes * 60,
    )


def projection(block: Block, now_s: float) -> Projection | None:
    """What is used, and what the rest of the window would add at the same rate; None while it is too early to say."""
    burned = rate(block)
    if not block.is_active or burned is None or block.last_s - block.first_s < EARLY_S:
        return None
    minutes = max(0.0, (block.end_s - now_s) / MINUTE_S)
    used = block.used
    return Projection(
        round(minutes),
        round(used.total_tokens + burned.tokens_per_minute * minutes),
        round(used.usd_nanos + burned.usd_nanos_per_hour / 60 * minutes),
    )


def _exact(reader: sqlite3.Connection, windows: list[list[Quarter]]) -> list[tuple[float, float]]:
    """The instants of the first and the last answer of each window."""
    ends = [quarter for window in windows for quarter in (window[0], window[-1])]
    edges = [(utc(quarter.at_s), utc(quarter.at_s + QUARTER_S), sorted(quarter.sessions)) for quarter in ends]
    found = {
        edge: (seconds_of(first), seconds_of(last))
        for edge, first, last in query.rows(reader, "answers_between", edges=json.dumps(edges))
    }
    spans = [found.get(index, (quarter.at_s, quarter.at_s)) for index, quarter in enumerate(ends)]
    return [(spans[index][0], spans[index + 1][1]) for index in range(0, len(spans), 2)]
