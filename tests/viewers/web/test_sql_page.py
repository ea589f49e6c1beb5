"""The page of SQL: questions that come with it, questions that somebody keeps, and who may keep them."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.viewers.web.site import Site
from viewers.asking.questions import questions
from viewers.web import saved

HTML = ((b"accept", b"text/html"),)
ASKED = "select project, usd from sessions"


def kept(site: Site) -> list[str]:
    """The names, as the API has them."""
    return [one["name"] for one in site.ask("GET", "/api/sql/saved").json()["saved"]]


def test_a_question_is_kept_under_a_name_until_it_is_let_go_of(recorded: Path) -> None:
    site = Site(recorded)
    assert site.post("/sql/saved", {"name": " <b>Dear</b> ", "text": ASKED}).status == 200
    assert site.post("/sql/saved", {"name": "also", "text": "select 1"}).status == 200
    assert kept(site) == ["<b>Dear</b>", "also"]
    page = Site(recorded).ask("GET", "/sql", more=HTML).text
    assert f'<a href="/sql?q={quote(ASKED)}">&lt;b&gt;Dear&lt;/b&gt;</a>' in page
    assert site.post("/sql/saved", {"name": "<b>dear</b>", "text": "select 2"}).status == 200
    assert kept(site) == ["<b>dear</b>", "also"]  # one name, one question
    assert site.post("/sql/saved", {"name": "<b>dear</b>"}).status == 200
    assert kept(site) == ["also"]
    assert {path.stat().st_mode & 0o077 for path in recorded.glob("web-questions*")} == {0}


@pytest.mark.parametrize(
    "what",
    [{}, {"name": "", "text": "x"}, {"name": "x" * 81, "text": "x"}, {"name": "a\nb", "text": "x"}, {"name": "a\u202e"},
     {"name": "x", "text": "x" * 20_001}, {"name": 1}, {"name": "x", "more": 1}, [], "x"],
)  # fmt: skip
def test_what_is_no_question_with_a_name_is_not_kept(recorded: Path, what: object) -> None:
    site = Site(recorded)
    reply = site.post("/sql/saved", what)
    assert reply.status == 400 and reply.json()["error"]
    assert not (recorded / saved.NAME).exists()


def test_so_many_are_kept_and_no_more(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    site = Site(recorded)
    answers = [site.post("/sql/saved", {"name": name, "text": "select 1"}).status for name in ("a", "b", "c", "a")]
    assert answers == [200, 200, 400, 200]


def test_from_the_network_nothing_is_kept(recorded: Path) -> None:
    site = Site(recorded)
    phone = site.access.enter(site.access.pairing(), "a phone", "192.0.2.7", is_near=False)
    what = {"name": "x", "text": "select 1"}
    assert site.post("/sql/saved", what, token=phone, client="192.0.2.7").status == 403
    assert site.post("/sql/saved", what, token=phone).status == 403
    assert kept(site) == []


def test_a_file_that_is_damaged_is_named(recorded: Path) -> None:
    (recorded / saved.NAME).write_text("{")
    site = Site(recorded)
    assert saved.NAME in site.ask("GET", "/sql", more=HTML).text
    assert saved.NAME in site.post("/sql/saved", {"name": "x", "text": "select 1"}).json()["error"]
    assert (recorded / saved.NAME).read_text() == "{"


def test_the_questions_of_the_readme_are_at_hand(site: Site) -> None:
    found = questions()
    assert len(found) == len({one.name for one in found}) == 10
    page = site.ask("GET", "/sql", more=HTML).text
    assert all(f"/sql?q={quote(one.text)}" in page for one in found)


def test_a_result_is_drawn_by_the_column_that_is_chosen(site: Site) -> None:
    statement = quote("select 'a' as what, 1 as n, 30 as m union all select 'b', 2, 'nan' union all select 'c', 4, 20")
    page = site.ask("GET", f"/sql?q={statement}", more=HTML).text
    assert "<h2>n</h2>" in page and "plot=m" not in page  # a column with anything else is no column of numbers
    statement = quote("select 'a' as what, 1 as n, 30 as m union all select 'b', 2, 20")
    page = site.ask("GET", f"/sql?q={statement}&plot=m", more=HTML).text
    assert "<h2>m</h2>" in page and 'width="66.7%"' in page
