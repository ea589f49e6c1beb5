"""A month as a calendar shows it: weeks of days, what each cost, and how much that is beside the dearest of them."""

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from viewers.reports.heat import STEPS
from viewers.reports.usage import Used, total
from viewers.trouble import UsageTrouble

NOTHING = Used()


class Cell(NamedTuple):
    """A day. Days ahead can be looked at by nobody."""

    day: str
    number: int
    used: Used
    step: int
    is_ahead: bool


class Grid(NamedTuple):
    """The weeks begin on Monday; None stands where a day belongs to another month."""

    month: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    used: Used
    before: str | None
    after: str | None


def grid(known: Mapping[str, Used], asked: str | None, last: str, today: str) -> Grid:
    """Of the month that is asked for, or else that of the last day that is looked at."""
    month = _checked(asked) if asked else min(last, today)[:7]
    own = {day: used for day, used in known.items() if day[:7] == month}
    most = max((used.usd_nanos for used in own.values()), default=0) or 1
    year, number = int(month[:4]), int(month[5:])

    def cell(day: date) -> Cell | None:
        if day.month != number:
            return None
        name = day.isoformat()
        used = own.get(name, NOTHING)
        step = min(1 + int(used.usd_nanos / most * STEPS), STEPS) if used.usd_nanos else 0
        return Cell(name, day.day, used, step, name > today)

    weeks = calendar.Calendar().monthdatescalendar(year, number)
    first = min((day for day in known if day[:4].isdecimal()), default=today)[:7]
    return Grid(
        month,
        tuple(tuple(map(cell, week)) for week in weeks),
        total(list(own.values())),
        _moved(year, number, -1) if month > first else None,
        _moved(year, number, 1) if month < today[:7] else None,
    )


def _checked(text: str) -> str:
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise UsageTrouble(f"month cannot be {text!r}", hint="write it as 2026-11")
    return text


def _moved(year: int, number: int, by: int) -> str:
    months = year * 12 + number - 1 + by
    return f"{months // 12:04d}-{months % 12 + 1:02d}"
