"""How each meter of a plan limit stands, and where what is used of it went."""

import math
import sqlite3
from collections.abc import Iterable
from typing import Any

from store.light import NamedTuple
from viewers import query
from viewers.now.limit_moves import Answer, Went, each, together
from viewers.now.meters import (
    BURN,
    LEAST,
    Movement,
    Reading,
    Reset,
    Window,
    current,
    full_at,
    movements,
    rate,
    resets,
    windows,
)  # fmt: skip
from viewers.reports.dates import seconds_of, utc
from viewers.reports.scope import Scope

LATELY_DAYS = 9
"""Of the readings, so many days before the last: the whole of a week's window."""
OLD_S = 900.0
CODE = 2
"""Letters of a name that is no model's."""

Account = tuple[str, str, str]
"""Agent, device, name."""


class Meter(NamedTuple):
    """Which meter it is."""

    agent: str
    device: str
    account: str
    limit_id: str
    span: str
    minutes: int | None

    @property
    def owner(self) -> Account:
        return self.agent, self.device, self.account

    @property
    def rest(self) -> str:
        """What its name says besides the length of its window."""
        return self.span.removeprefix("five_hour").removeprefix("seven_day").strip("_").replace("_", " ")

    @property
    def model(self) -> str | None:
        """The word in the names of those models that alone it counts, where it is of some models."""
        is_one = self.span != self.rest and len(self.rest) > CODE and " " not in self.rest
        return self.rest.lower() if is_one else None

    @property
    def title(self) -> str:
        """5-hour, weekly, weekly opus, extra usage; the limit it is of, where an account has more than the usual."""
        length = {300: "5-hour", 10_080: "weekly"}.get(self.minutes or 0) or _length(self.minutes)
        rest = "" if length and self.rest in ("primary", "secondary") else self.rest
        own = "" if self.limit_id in ("plan", self.agent) else f"({self.limit_id})"
        return " ".join(part for part in (length, rest, own) if part)


class Standing(NamedTuple):
    """A meter now. moves are the rises that are asked about, each with where it went."""

    meter: Meter
    window: Window
    moves: list[tuple[Movement, Went]]
    went: Went
    """All of them."""
    seen_resets: list[Reset]
    now_s: float
    money: tuple[float, float | None] | None = None
    """Of a limit in money, dollars that are spent, and that may be, as they were read last."""

    @property
    def is_over(self) -> bool:
        """The window has ended since, and how much of the next one is used nobody has read."""
        return self.window.is_over(self.now_s)

    @property
    def age_s(self) -> float:
        return max(0.0, self.now_s - self.window.last.until_s)

    @property
    def is_old(self) -> bool:
        """More may have been used since."""
        length = (self.meter.minutes or 0) * 60
        return not self.is_over and self.age_s > max(OLD_S, length / LEAST)

    @property
    def per_s(self) -> float | None:
        return None if self.is_over else rate(self.window, self.now_s)

    @property
    def full_s(self) -> float | None:
        return None if self.is_over else full_at(self.window, self.per_s)

    @property
    def holds(self) -> bool | None:
        """Whether it lasts until it begins anew; None where too little is known."""
        if self.full_s is not None:
            return False
        return None if self.per_s is None else True


def standings(reader: sqlite3.Connection, scope: Scope, *, is_history: bool) -> list[Standing]:
    """Every meter that was ever read; with its history, or with its newest window alone."""
    found = _windows(reader, scope, is_history=is_history)
    moves = {
        meter: [move for window in (known if is_history else [current(known)]) for move in movements(window)]
        for meter, known in found.items()
    }
    answers = _answers(reader, [move for own in moves.values() for move in own])
    money = {tuple(row[:5]): row[5:7] for row in query.rows(reader, "limit_money")}
    return [
        _standing(meter, found[meter], moves[meter], _counted(meter, answers), scope.now_s)._replace(
            money=money.get(meter[:5])
        )
        for meter in sorted(found, key=_place)
    ]


def meters(reader: sqlite3.Connection, scope: Scope) -> list[Standing]:
    """The same without where it went: a short question, which may be asked again and again."""
    found = _windows(reader, scope, is_history=False)
    return [_standing(meter, found[meter], [], [], scope.now_s) for meter in sorted(found, key=_place)]


def _windows(reader: sqlite3.Connection, scope: Scope, *, is_history: bool) -> dict[Meter, list[Window]]:
    bounds = {"since": _midnight(scope, scope.since), "until": _midnight(scope, scope.until, 1)}
    asked = scope.parameters()
    days = None if is_history or scope.since or scope.until else LATELY_DAYS
    rows = query.rows(
        reader, "limit_readings", days=days, accounts=asked["accounts"], agents=asked["agents"], **bounds
    )  # fmt: skip
    found = {meter: windows(readings) for meter, readings in _by_meter(rows).items()}
    return {meter: known for meter, known in found.items() if known}


def _standing(
    meter: Meter, known: list[Window], moves: list[Movement], answers: list[Answer], now_s: float
) -> Standing:
    parts = each(moves, answers)
    pairs = list(zip(moves, parts, strict=True))
    return Standing(meter, current(known), pairs, together(parts), resets(known), now_s)


def _place(meter: Meter) -> tuple[str, str, str, str, float, str]:
    return (*meter.owner, meter.limit_id, meter.minutes or math.inf, meter.span)


def _counted(meter: Meter, answers: dict[Account, list[Answer]]) -> list[Answer]:
    own, word = answers.get(meter.owner, []), meter.model
    return own if word is None else [answer for answer in own if word in answer.model.lower()]


def _by_meter(rows: Iterable[tuple[Any, ...]]) -> dict[Meter, list[Reading]]:
    """Who tells how long a window is tells it for those who do not."""
    readings: dict[tuple[str, ...], list[Reading]] = {}
    for agent, device, account, limit_id, span, at, until, used, resets_at, minutes, source, plan in rows:
        resets_s = seconds_of(resets_at) if resets_at else None
        own = Reading(seconds_of(at), seconds_of(until), used, resets_s, minutes, source, plan)
        readings.setdefault((agent, device, account, limit_id, span), []).append(own)
    return {
        Meter(key[0], key[1], key[2], key[3], key[4], next((one.minutes for one in own if one.minutes), None)): own
        for key, own in readings.items()
    }


def _answers(reader: sqlite3.Connection, moves: list[Movement]) -> dict[Account, list[Answer]]:
    if not moves:
        return {}
    since, until = min(move.since_s for move in moves) - OLD_S, max(move.until_s for move in moves) + OLD_S
    found: dict[Account, list[Answer]] = {}
    for agent, device, account, at, *rest in query.rows(reader, "limit_answers", since=utc(since), until=utc(until)):
        found.setdefault((agent, device, account), []).append(Answer(seconds_of(at), *rest))
    return found


def _midnight(scope: Scope, day: str | None, later: int = 0) -> str | None:
    """When the local day begins, or the one after it."""
    if day is None:
        return None
    from viewers.reports.dates import day_after

    at_s = seconds_of(day_after(day, later) + "T00:00")
    return utc(at_s - scope.zone.offset(int(at_s)))


def _length(minutes: int | None) -> str:
    if not minutes:
        return ""
    if minutes % 1440 == 0:
        return f"{minutes // 1440}-day"
    return f"{minutes // 60}-hour" if minutes % 60 == 0 else f"{minutes}-minute"


def is_long(meter: Meter) -> bool:
    """Whether its rate is better told for a day than for an hour."""
    return (meter.minutes or 0) // BURN >= 1440
