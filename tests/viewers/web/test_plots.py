"""What a script draws is what the server drew: the same days, the same dollars, the same contexts."""

import html
import json
import os
import re
import subprocess
from typing import Any

import pytest

from tests.viewers.conftest import COMMAND, SESSION, billed
from tests.viewers.web.site import Site
from viewers.web import answering
from viewers.web.drawing import POINTS, curve
from viewers.web.static import FOLDER, Static

PRICED = ("claude-opus-4-5", "claude-haiku-4-5")


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A history of two days and two models that have a price, and of one that has none."""
    user = tmp_path_factory.mktemp("spent")
    transcript = user / ".claude" / "projects" / "-src-app" / f"{SESSION}.jsonl"
    transcript.parent.mkdir(parents=True)
    answers = [
        billed(number, f"2026-11-0{1 + number % 2}T12:00:0{number}Z", model, output=10_000)
        for number, model in enumerate((*PRICED, PRICED[0], "model-a"))
    ]
    transcript.write_text("".join(json.dumps(line) + "\n" for line in answers))
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(user / "data"), "PATH": os.environ["PATH"]}
    subprocess.run([*COMMAND, "collect", "--once"], check=True, capture_output=True, env=environ)
    return Site(user / "data")


def plotted(page: str) -> list[Any]:
    """The numbers of each chart on a page."""
    return [json.loads(html.unescape(found)) for found in re.findall(r'data-plot="([^"]*)"', page)]


def test_the_days_of_the_history_are_those_of_the_report(spent: Site) -> None:
    (told,) = plotted(spent.ask("GET", "/history?since=2020-01-01").text)
    days = spent.ask("GET", "/api/usage?group=day&since=2020-01-01").json()["daily"]
    usd = dict(zip(told["days"], zip(*(one["values"] for one in told["series"]), strict=True), strict=True))
    assert {day: pytest.approx(sum(values), abs=0.001) for day, values in usd.items() if sum(values)} == {
        row["date"]: row["totalCost"] for row in days if row["totalCost"]
    }
    assert len([day for day, values in usd.items() if sum(values)]) == 2
    assert [day for day, is_unpriced in zip(told["days"], told["unpriced"], strict=True) if is_unpriced] == [
        "2026-11-02"
    ]


def test_a_long_session_keeps_its_highs_and_lows() -> None:
    contexts = [(f"2026-11-0{1 + index // 4_000}T00:00:00Z", 1000 + index % 7) for index in range(8_000)]
    contexts[4_321] = (contexts[4_321][0], 150_000)
    contexts[4_322] = (contexts[4_322][0], 5)
    found = curve(contexts, 200_000)
    assert found is not None
    told = found.data(200_000, 180_000.0)
    assert len(told["values"]) == len(told["places"]) == len(told["at"]) <= POINTS * 1.1
    assert {150_000, 5} <= set(told["values"])
    assert told["places"] == sorted(told["places"])


@pytest.mark.parametrize("path", ["/history", f"/session/{SESSION}"])
def test_without_the_script_of_others_the_picture_stays(site: Site, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(answering, "STATIC", Static(FOLDER))
    page = site.ask("GET", path).text
    assert "uPlot" not in page
    assert "plot.js" not in page
    assert "<svg" in page
