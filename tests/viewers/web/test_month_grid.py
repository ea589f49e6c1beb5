"""The calendar of a month: whose days it has, how much each is, and where one can go from it."""

import re
import time
from pathlib import Path

import pytest

from tests.viewers.conftest import NOW
from tests.viewers.ledger import Answer, keep
from tests.viewers.web.site import Site
from viewers.reports.usage import Used
from viewers.trouble import UsageTrouble
from viewers.web.month_grid import grid

HTML = ((b"accept", b"text/html"),)
DEAR, CHEAP = Used(usd_nanos=8 * 10**9), Used(usd_nanos=10**9)
KNOWN = {"2026-10-31": DEAR, "2026-11-01": CHEAP, "2026-11-20": DEAR, "unknown": CHEAP}


def test_a_month_has_its_days_and_no_other() -> None:
    found = grid(KNOWN, None, "2026-11-20", "2026-11-20")
    assert found.month == "2026-11" and found.used.usd_nanos == 9 * 10**9
    cells = [cell for week in found.weeks for cell in week if cell]
    assert [cell.number for cell in cells] == list(range(1, 31))
    assert all(len(week) == 7 for week in found.weeks)
    assert found.weeks[0][6] == cells[0]  # the first was a Sunday
    assert [cell.step for cell in cells if cell.step] == [1, 4]
    assert [cell.number for cell in cells if cell.is_ahead] == list(range(21, 31))


def test_one_goes_back_to_the_first_day_and_on_to_today() -> None:
    assert grid(KNOWN, None, "2026-11-20", "2026-11-20")[3:] == ("2026-10", None)
    assert grid(KNOWN, "2026-10", "2026-11-20", "2026-11-20")[3:] == (None, "2026-11")
    assert grid({}, "2026-01", "2026-02-20", "2026-02-20")[3:] == (None, "2026-02")
    assert grid(KNOWN, "2027-01", "2026-11-20", "2026-11-20")[3:] == ("2026-12", None)
    assert grid(KNOWN, None, "2027-03-01", "2026-11-20").month == "2026-11"


@pytest.mark.parametrize("month", ["2026-13", "2026", "1999-01", "x", "2026-1", "2026-11-01", "\u0662026-11"])
def test_what_is_no_month_is_said(month: str) -> None:
    with pytest.raises(UsageTrouble, match="month"):
        grid(KNOWN, month, "2026-11-20", "2026-11-20")


def test_a_day_of_the_calendar_is_the_day_of_the_report(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", NOW.timestamp)
    keep(home, [Answer("2026-11-18T10:00:00.000Z"), Answer("2026-11-18T11:00:00.000Z", has_end=False),
                Answer("2026-11-19T10:00:00.000Z", "mystery")])  # fmt: skip
    site = Site(home)
    page = site.ask("GET", "/history?month=2026-11&by=project&range=90d", more=HTML).text
    days = dict(re.findall(r'title="(\d+ Nov): ([^"]*)"', page))
    assert days["18 Nov"].startswith("≥") and days["19 Nov"] == "unpriced" and days["17 Nov"] == "$0.00"
    link = re.search(r'href="([^"]*)" title="18 Nov', page)
    assert link
    day = site.ask("GET", "/history" + link[1].replace("&amp;", "&"), more=HTML).text
    assert 'aria-current="date"' in day and 'value="2026-11-18"' in day and "2 answers" in day
    # What it exports is what it shows, and by no word that the API does not know.
    exported = re.search(r'href="(/api/usage\?[^"]*)"', day)
    assert exported
    told = site.ask("GET", exported[1].replace("&amp;", "&"))
    assert told.status == 200 and [row["date"] for row in told.json()["daily"]] == ["2026-11-18"]
