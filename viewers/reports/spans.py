"""Ranges as people name them: today, last-week, 2026-11, 2026-11-01..2026-11-07."""

from datetime import date, timedelta

from viewers.reports.dates import date_of
from viewers.reports.flags import DAYS
from viewers.trouble import UsageTrouble

NAMED = ("today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-year", "last-year")
MONTH, YEAR = len("2026-11"), len("2026")


def span_of(text: str, today: str, week_start: int) -> tuple[str, str] | None:
    """The first and the last day of the range that a text names; None where it names none."""
    now = date.fromisoformat(today)
    if text in NAMED:
        return _named(text, now, week_start)
    if ".." in text:
        first, _, last = text.partition("..")
        since, until = date_of(first, "the range from") or "", date_of(last, "the range to") or ""
        if since > until:
            raise UsageTrouble(f"the range {text} ends before it begins")
        return since, until
    digits = text.replace("-", "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    if len(text) == MONTH and text[4] == "-" and 1 <= int(text[5:]) <= 12 and int(text[:4]):
        return _month(date(int(text[:4]), int(text[5:]), 1))
    if len(text) == YEAR and int(text):
        return f"{text}-01-01", f"{text}-12-31"
    if len(digits) == 8:
        day = date_of(text, "the range") or ""
        return day, day
    return None


def _named(text: str, now: date, week_start: int) -> tuple[str, str]:
    which, _, what = text.partition("-")
    back = which == "last"
    if not what:
        day = (now - timedelta(text == "yesterday")).isoformat()
        return day, day
    if what == "week":
        first = now - timedelta((now.isoweekday() - week_start) % len(DAYS) + 7 * back)
        return first.isoformat(), (first + timedelta(6)).isoformat()
    if what == "month":
        return _month((now.replace(day=1) - timedelta(1)).replace(day=1) if back else now.replace(day=1))
    return f"{now.year - back:04d}-01-01", f"{now.year - back:04d}-12-31"


def _month(first: date) -> tuple[str, str]:
    return first.isoformat(), ((first + timedelta(31)).replace(day=1) - timedelta(1)).isoformat()
