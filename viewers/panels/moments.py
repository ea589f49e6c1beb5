"""Times as people on this machine read them."""

import time

from viewers.reports.dates import seconds_of


def instant(at: str | None) -> float | None:
    """The instant of an ISO text, or None where it is none."""
    try:
        return seconds_of(at) if at else None
    except ValueError:
        return None


def clock(at: str | None, *, is_exact: bool = True) -> str:
    """The local time of day."""
    moment = instant(at)
    if moment is None:
        return ""
    return time.strftime("%H:%M:%S" if is_exact else "%H:%M", time.localtime(moment))


def day(at: str | None, now_s: float) -> str:
    """When, as short as is clear: 14:32, 12 Nov, 12 Nov 2025."""
    moment = instant(at)
    if moment is None:
        return ""
    then, now = time.localtime(moment), time.localtime(now_s)
    if then[:3] == now[:3]:
        return time.strftime("%H:%M", then)
    return f"{then.tm_mday} " + time.strftime("%b" if then.tm_year == now.tm_year else "%b %Y", then)


def when(at: str | None, now_s: float) -> str:
    """A moment to come: 14:32, or Sun 13:00."""
    moment = instant(at)
    if moment is None:
        return ""
    is_today = time.localtime(moment)[:3] == time.localtime(now_s)[:3]
    return time.strftime("%H:%M" if is_today else "%a %H:%M", time.localtime(moment))


def midnight(now_s: float) -> float:
    """When today began here."""
    day = time.localtime(now_s)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
