"""Time zones: how far local time is from UTC, and since when. Quarter hours of UTC regroup exactly into any of them."""

import os
import time
from collections.abc import Callable

from store.light import NamedTuple
from viewers.trouble import UsageTrouble

QUARTER_S = 900
WEEK_S = 7 * 86_400
# No agent wrote before this, and no zone moves twice within a week.
FIRST_S = 1_577_836_800  # 2020-01-01
AHEAD_S = 400 * 86_400

SYSTEM_ZONE = "/etc/localtime"
DATABASE = "zoneinfo/"
ZONES = "/usr/share/zoneinfo"

Offset = Callable[[int], int]


class Zone(NamedTuple):
    """A zone by its name; the offset gives the seconds that its clocks are ahead of UTC at an instant."""

    name: str
    offset: Offset


class Shift(NamedTuple):
    """From one instant to another (UTC text, the end excluded) local time is that many minutes ahead."""

    since: str
    until: str
    minutes: int


def chosen(name: str | None) -> Zone:
    """The zone of that name, or else that of this machine."""
    return _named(name) if name is not None else local()


def local() -> Zone:
    """The zone of this machine: TZ, or else the system's."""
    wanted = os.environ.get("TZ")
    if wanted is None:
        target = os.path.realpath(SYSTEM_ZONE)
        name = target.partition(DATABASE)[2].removeprefix("Etc/")
        return Zone(name or time.strftime("%Z"), _machine_offset)
    if not wanted.lstrip(":"):
        return Zone("UTC", _machine_offset)
    name = wanted.lstrip(":")
    if ".." not in name and os.path.isfile(os.path.join(ZONES, name)):
        return Zone(name, _machine_offset)  # the C library has read the same file
    try:
        return _named(name)
    except UsageTrouble:
        # A path or a rule such as CET-1CEST is the C library's to read; it takes what it cannot read for UTC.
        return Zone(time.strftime("%Z") if any(map(str.isdigit, wanted)) or "/" in wanted else "UTC", _machine_offset)


def shifts(zone: Zone, now_s: float) -> list[Shift]:
    """All distances from UTC, each with the time it held for, without a gap."""
    found: list[Shift] = []
    began, offset = "", zone.offset(FIRST_S)
    for instant in range(FIRST_S, int(now_s) + AHEAD_S, WEEK_S):
        following = zone.offset(instant + WEEK_S)
        if following != offset:
            change = _utc(_change(zone.offset, instant, instant + WEEK_S))
            found.append(Shift(began, change, offset // 60))
            began, offset = change, following
    found.append(Shift(began, "~", offset // 60))  # "~" sorts after every time
    return found


def today(zone: Zone, now_s: float) -> str:
    """The local date, as 2026-11-20."""
    return _utc(int(now_s) + zone.offset(int(now_s)))[:10]


def _change(offset: Offset, low: int, high: int) -> int:
    """The first quarter hour with the offset of `high`."""
    before = offset(low)
    while high - low > QUARTER_S:
        middle = (low + high) // 2 // QUARTER_S * QUARTER_S
        if offset(middle) == before:
            low = middle
        else:
            high = middle
    return high


def _utc(instant: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:00.000Z", time.gmtime(instant))


def _machine_offset(instant: int) -> int:
    return time.localtime(instant).tm_gmtoff


def _named(name: str) -> Zone:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo  # only now: without a named zone the C library knows all there is to know

    try:
        zone = ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:  # unknown; not a name but a path; a folder of zones
        raise UsageTrouble(f"unknown time zone {name!r}", hint=_nearest(name)) from error

    def offset(instant: int) -> int:
        distance = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
        return int(distance.total_seconds()) if distance is not None else 0

    return Zone(name, offset)


def _nearest(name: str) -> str:
    import difflib
    import zoneinfo

    known = {known.lower(): known for known in zoneinfo.available_timezones()}
    if not known:
        return "this machine has no time zone database: install tzdata"
    wanted = name.lower().replace(" ", "_")
    towns = [known[key] for key in sorted(known) if key.rpartition("/")[2] == wanted]
    close = towns or [known[key] for key in difflib.get_close_matches(wanted, known, n=3)]
    return f"did you mean {' or '.join(close[:3])}?" if close else "names are like Europe/Berlin, Asia/Kolkata, UTC"
