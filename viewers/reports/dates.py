"""Dates as people type them: days, and lengths of time up to today."""

import time
from functools import lru_cache

from viewers.trouble import UsageTrouble

DATE_LENGTH = len("2026-11-20")
DAYS = {"d": 1, "w": 7}
MOST_DAYS = 36_500


def date_of(text: str | None, option: str) -> str | None:
    """2026-11-20 and 20261120 are the same day."""
    if text is None:
        return None
    digits = text.replace("-", "") if len(text) == DATE_LENGTH and text[4] == text[7] == "-" else text
    if len(digits) == 8 and digits.isascii() and digits.isdecimal():
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
        if year and 1 <= month <= 12 and 1 <= day <= _length(year, month):
            return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    raise UsageTrouble(f"{option} {text!r} is not a date", hint="write it as 2026-11-20 or 20261120")


def first_of_last(text: str, today: str) -> str:
    """The first of the last days up to today, which is one of them: 28d, 4w."""
    number = text[:-1]
    if text[-1:] not in DAYS or not (number.isascii() and number.isdecimal()) or not 0 < int(number) <= MOST_DAYS:
        raise UsageTrouble(f"--last {text!r} is not a length of time", hint="write it as 28d or 4w")
    return day_after(today, 1 - int(number) * DAYS[text[-1]])


def day_after(date: str, days: int) -> str:
    """The date so many days later."""
    from datetime import date as Date
    from datetime import timedelta

    try:
        return (Date.fromisoformat(date) + timedelta(days)).isoformat()
    except OverflowError:
        return "0001-01-01"


@lru_cache(4096)
def seconds_of(at: str) -> float:
    """The instant of an ISO text in UTC, in seconds since 1970."""
    from datetime import UTC, datetime

    whole = datetime.fromisoformat(at[:16]).replace(tzinfo=UTC).timestamp()
    rest = at[17:].removesuffix("Z")
    return whole + (float(rest) if rest.replace(".", "", 1).isdecimal() else 0)


def utc(instant: float) -> str:
    """The ISO text of an instant, as agents write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(instant)) + f".{int(instant * 1000 + 0.5) % 1000:03d}Z"


def _length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
