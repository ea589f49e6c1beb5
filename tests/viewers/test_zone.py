"""Local time from UTC, exactly."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from viewers.reports import zone
from viewers.trouble import UsageTrouble

NOW_S = datetime(2026, 11, 20, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "name",
    ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
     "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "America/New_York", "Asia/Beirut"],
)  # fmt: skip
def test_every_quarter_hour_gets_its_local_date(name: str) -> None:
    shifts = zone.shifts(zone.chosen(name), NOW_S)
    truth = ZoneInfo(name)
    instant = datetime(2025, 1, 1, tzinfo=UTC)
    while instant < datetime(2026, 12, 1, tzinfo=UTC):
        text = instant.strftime("%Y-%m-%dT%H:%M:00.000Z")
        (found,) = [shift for shift in shifts if shift.since <= text < shift.until]
        assert instant + timedelta(minutes=found.minutes) == instant.astimezone(truth).replace(tzinfo=UTC)
        # Every quarter hour of the days around a change, and one in an hour and a bit elsewhere.
        near = any(shift.since[:10] == text[:10] for shift in shifts)
        instant += timedelta(minutes=15 if near else 75)


def test_shifts_leave_no_gap() -> None:
    shifts = zone.shifts(zone.chosen("Europe/Berlin"), NOW_S)
    assert shifts[0].since == "" and shifts[-1].until == "~"
    assert all(left.until == right.since for left, right in pairwise(shifts))


@pytest.mark.parametrize(
    ("name", "near"),
    [("berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Europe/Berln", "Europe/Berlin"),
     ("new york", "America/New_York"), ("../../etc/passwd", ""), ("Europe", ""), ("", ""), ("x\0y", "")],
)  # fmt: skip
def test_an_unknown_zone_gets_the_nearest_name(name: str, near: str) -> None:
    with pytest.raises(UsageTrouble) as caught:
        zone.chosen(name)
    assert near in caught.value.hint
    assert caught.value.hint


@pytest.mark.parametrize(
    ("wanted", "name"), [("Asia/Kolkata", "Asia/Kolkata"), (":Asia/Tokyo", "Asia/Tokyo"), ("", "UTC")]
)
def test_the_zone_of_the_shell_is_the_default(wanted: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", wanted)
    assert zone.local().name == name
