"""Every page and every answer of the API, on a history, on nothing, and on what nobody would ask."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from tests.viewers.peaked import peaked
from tests.viewers.web.site import Site
from viewers.reading.told import Told
from viewers.web.api.calls import GROUPS
from viewers.web.api.serving import ALL
from viewers.web.page import Page
from viewers.web.render import FOLDER
from viewers.web.routes import Route
from viewers.web.static import STATIC, Static
from viewers.web.table import PAGES

SESSION = "5f3c0000-0000-4000-8000-000000000001"
HTML = ((b"accept", b"text/html"),)
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\s(?:style|on[a-z]+)=|javascript:", re.IGNORECASE)
each = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def path_of(page: Page) -> str:
    return page.path.replace("{id}", SESSION)


@each
def test_a_page_is_whole_without_a_script(site: Site, page: Page) -> None:
    reply = site.ask("GET", path_of(page), more=HTML)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert len(re.findall("<h1", reply.text)) == 1
    assert INLINE.findall(reply.text) == []
    for name in page.parts:
        assert f'data-part="{name}"' in reply.text


@each
def test_a_page_says_what_to_do_where_nothing_is_recorded(tmp_path: Path, page: Page) -> None:
    reply = Site(tmp_path / "nothing").ask("GET", path_of(page), more=HTML)
    assert reply.status == 200
    assert "Nothing is recorded yet" in reply.text
    assert "fleetmeter start" in reply.text and "data-again" in reply.text


@each
def test_a_page_says_what_is_wrong_with_a_database(tmp_path: Path, page: Page) -> None:
    (tmp_path / "fleetmeter.db").write_bytes(b"no database at all" * 400)
    reply = Site(tmp_path).ask("GET", path_of(page), more=HTML)
    assert reply.status == 503
    assert "fleetmeter.db" in reply.text


def test_a_template_has_no_place_for_a_script_or_a_style() -> None:
    found = {path: INLINE.findall(path.read_text("utf-8")) for path in Path(FOLDER).rglob("*.html")}
    assert {path for path, words in found.items() if words} == set()
    assert all("|safe" not in path.read_text("utf-8").replace("'&amp;full=1'|safe", "") for path in found)


def test_a_session_that_is_not_there_is_not_found(site: Site) -> None:
    reply = site.ask("GET", "/session/no-such-session", more=HTML)
    assert reply.status == 404
    assert "no session" in reply.text and "Try again" not in reply.text
    wrong = site.ask("GET", "/tools?range=never", more=HTML)
    assert wrong.status == 404 and 'href="/tools">Tools without filters' in wrong.text
    assert site.ask("GET", "/api/s/no-such-session").status == 404
    assert site.ask("GET", "/no/such/page", more=HTML).status == 404


def test_a_session_says_what_its_processes_used_at_most_on_every_face(
    recorded: Path, fleetmeter: Callable[..., str]
) -> None:
    path = f"/api/sessions/{SESSION}"
    assert Site(recorded).ask("GET", path).json()["peak"] is None
    words = peaked(recorded, SESSION)
    peak = {"memoryBytes": 2_000_000_000, "cpuPercent": 20.0}
    assert Site(recorded).ask("GET", path).json()["peak"] == peak
    assert words in Site(recorded).ask("GET", f"/session/{SESSION}", more=HTML).text
    assert f"Processes  {words}" in fleetmeter("session", "--id", SESSION, columns=120)
    assert json.loads(fleetmeter("session", "--id", SESSION, "--json"))["peak"] == peak


def test_a_session_names_the_files_that_it_touched(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded / "fleetmeter.db")) as database, database:
        database.execute(
            "insert into tool_call (tool_use_id, session_key, run_key, name, outcome, is_branch, generation_id)"
            " select 't', session_key, run_key, 'Edit', 'ok', 0, 1 from run limit 1"
        )
        made = database.execute(
            "insert into touch select tool_use_id, session_key, '/src/app/a.py', 'edit', 3, 1 from tool_call"
        )
        assert made.rowcount == 1
    page = Site(recorded).ask("GET", f"/session/{SESSION}", more=HTML).text
    assert 'title="/src/app/a.py">a.py<' in page
    assert "+3" in page


def test_a_session_says_how_one_goes_on_with_it(site_home: Path) -> None:
    told = Told(lambda: lambda *_: {}, lambda: lambda *_: {}, lambda: {"claude": ("agent", "--resume")})
    page = Site(site_home, told=told).ask("GET", f"/session/{SESSION}", more=HTML).text
    command = f"cd /src/app &amp;&amp; agent --resume {SESSION}"
    assert f"<code>{command}</code>" in page and f'data-copy="{command}"' in page


def test_what_is_found_opens_the_conversation_there_and_marks_it(site: Site) -> None:
    story = site.ask("GET", f"/session/{SESSION}/conversation", more=HTML).text
    said = re.search(r'<pre class="say[^>]*>\W*(\w{3,})', story)
    assert said
    found = site.ask("GET", f"/search?q={said[1]}", more=HTML).text
    link = re.search(r'href="(/session/[^"]*/conversation\?at=[^"#]*)#here"', found)
    assert link
    page = site.ask("GET", link[1].replace("&amp;", "&"), more=HTML).text
    assert page.count('id="here"') == page.count('aria-current="true"') == 1
    own = re.search(r'id="here".*?href="([^"#]*)#here"', page)
    assert own  # the mark's own address is the same moment's
    assert site.ask("GET", own[1].replace("&amp;", "&"), more=HTML).text.count('id="here"') == 1


def test_what_a_session_did_last_and_was_asked_leads_to_its_place_in_the_conversation(site: Site) -> None:
    page = site.ask("GET", f"/session/{SESSION}", more=HTML).text
    links = re.findall(r'class="(?:cut tx row|plain)" href="([^"#]*)#here"', page)
    assert len(links) >= 5  # three answers and a prompt, which is told twice
    for link in links:
        assert site.ask("GET", link.replace("&amp;", "&"), more=HTML).text.count('id="here"') == 1


def test_the_history_has_the_sums_of_the_reports(site: Site) -> None:
    page = site.ask("GET", "/history?since=2026-11-18&until=2026-11-19", more=HTML).text
    day = site.ask("GET", "/api/usage?group=day&since=2026-11-18&until=2026-11-19").json()
    assert day["totals"]["totalTokens"] == sum(row["totalTokens"] for row in day["day" if "day" in day else "daily"])
    assert "3 answers" in page or "unpriced" in page
    assert 'value="2026-11-18"' in page


@pytest.mark.parametrize("group", GROUPS)
def test_usage_is_answered_by_every_group_alike(site: Site, group: str) -> None:
    told = site.ask("GET", f"/api/usage?group={group}").json()
    rows = list(csv.DictReader(io.StringIO(site.ask("GET", f"/api/usage.csv?group={group}").text, newline="")))
    assert sum(int(row["total_tokens"]) for row in rows) == told["totals"]["totalTokens"] > 0


@pytest.mark.parametrize("call", ALL, ids=lambda call: call.path)
def test_every_call_answers(site: Site, call: object) -> None:
    path = str(getattr(call, "path", ""))
    asked = {"/api/search": "?q=go", "/api/sql": "?q=select+1+as+one", "/api/sql.csv": "?q=select+1+as+one"}
    reply = site.ask("GET", path.replace("{id}", SESSION) + asked.get(path, ""))
    assert reply.status == 200, reply.text
    if reply.headers["content-type"] == "application/json":
        assert json.loads(reply.body) is not None


def test_the_description_names_every_call_and_no_other(site: Site) -> None:
    told = site.ask("GET", "/api/openapi.json").json()
    served = {route.path for route in site.table if route.path.startswith(("/api/", "/metrics"))}
    assert set(told["paths"]) == served - {"/api/openapi.json"}
    for path, operations in told["paths"].items():
        places = {one["name"] for one in operations["get"]["parameters"] if one["in"] == "path"}
        assert places == set(re.findall(r"\{(\w+)\}", path))


@pytest.mark.parametrize(
    ("path", "said"),
    [("forecast?since=2026-11-01", "understands no 'since'"), ("tools?model=a", "understands no 'model'"),
     ("usage?grup=day", "understands no 'grup'"), ("usage?group=day&group=week", "given twice"),
     ("usage?since=2026-13-01", "since '2026-13-01' is not a date"), ("blocks?limit=-1", "limit '-1' is not"),
     ("sessions?show=none", "show cannot be"), (f"sessions/{SESSION}/conversation?run=x", "run cannot be")],
)  # fmt: skip
def test_a_filter_that_would_leave_nothing_out_is_an_error(site: Site, path: str, said: str) -> None:
    reply = site.ask("GET", f"/api/{path}")
    assert reply.status == 400 and said in reply.json()["error"]


def test_where_the_api_has_nothing_it_says_so_as_it_says_everything(site: Site) -> None:
    reply = site.ask("GET", "/api/usages", more=HTML)
    assert reply.status == 404 and set(reply.json()) == {"error", "hint"}


def test_the_windows_of_the_api_are_those_of_the_command(site: Site) -> None:
    told = site.ask("GET", "/api/blocks?since=2026-11-18&until=2026-11-19&limit=2").json()
    whole = site.ask("GET", "/api/usage?since=2026-11-18&until=2026-11-19").json()
    assert len(told["blocks"]) == 2 and told["totals"]["totalTokens"] == whole["totals"]["totalTokens"]


ODD = (
    "7d", "9999d", "0d", "month", "2026-11-18", "20261118", "2026-02-30", "0000-00-00", "9999-12-31", "day", "all",
    "main", "project", "1", "0", "-1", "1e3", "9" * 400, "\0", "a\0b", "\u202e", "%", "null", "[]", "' or 1=1 --",
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_word_in_an_address_is_more_than_an_error_that_says_so(site: Site, data: st.DataObject) -> None:
    """What schemathesis would ask: each call with each of its words, whatever these hold."""
    from urllib.parse import urlencode

    call = data.draw(st.sampled_from([call for call in ALL if "sql" not in call.path]))
    word = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD)
    names = st.sampled_from((*call.words, *call.words, "grup", "\0", ""))
    words = data.draw(st.lists(st.tuples(names, word), max_size=3))
    reply = site.ask("GET", call.path.replace("{id}", SESSION) + "?" + urlencode(words))
    known = [name for name, _ in words if name in call.words]
    assert reply.status in ((200, 400) if len(set(known)) == len(words) else (400,)), reply.text
    if reply.status == 400:
        assert set(reply.json()) == {"error", "hint"}


@pytest.mark.parametrize("statement", ["delete from sessions", "attach 'x' as y", "select 1; select 2", "", "\0"])
def test_sql_reads_and_does_nothing_else(site: Site, statement: str) -> None:
    from urllib.parse import quote

    assert site.ask("GET", f"/api/sql?q={quote(statement)}").status == 400
    assert site.ask("GET", f"/sql?q={quote(statement)}", more=HTML).status == 200


def test_a_program_of_this_machine_shows_the_token_in_the_data_folder(site: Site) -> None:
    site.access.script_token = "t" * 32
    bearer = ((b"authorization", b"Bearer " + b"t" * 32),)
    assert site.ask("GET", "/api/sessions", token=None, more=bearer).status == 200
    assert site.ask("GET", "/api/sessions", token=None, more=bearer, client="192.0.2.7").status == 401
    assert site.ask("GET", "/api/sessions", token=None, more=((b"authorization", b"Bearer x"),)).status == 401
    assert site.post("/leave", {}, token=None).status == 401


TRIED = (
    "..", "../app.py", "%2e%2e/app.py", "..%2fapp.py", "page.js%00", "page.js/..", "./page.js", "PAGE.JS", "secret.txt",
    "link.js", "....//app.py", "\\..\\app.py", "static/page.js",
)  # fmt: skip


def reached(site: Site, prefix: str) -> list[str]:
    """What is answered of all that should not be."""
    return [name for name in TRIED if site.ask("GET", prefix + name).status == 200]


@pytest.mark.promise("V12")
def test_V12_no_file_is_reached_but_those_of_the_folder(site: Site) -> None:
    mark = STATIC.mark
    assert site.ask("GET", f"/static/{mark}/page.js").status == 200
    assert reached(site, f"/static/{mark}/") == []
    assert reached(site, f"/static/{mark}x/") == []
    assert reached(site, "/static/") == []


@pytest.mark.promise("V12")
def test_V12_a_link_out_of_the_folder_is_read_when_we_start_or_never(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "page.js").write_text("1")
    static = Static(str(folder))
    (folder / "link.js").symlink_to("/etc/passwd")
    assert "page.js" in static.files and "link.js" not in static.files


@pytest.mark.mutant("V12")
def test_V12_a_folder_that_is_served_by_path_is_seen(site_home: Path) -> None:
    async def by_path(request: Request) -> Response:
        place = Path(FOLDER).parent / "static" / request.path_params["name"]
        return FileResponse(place) if place.is_file() else PlainTextResponse("", 404)

    site = Site(site_home, (Route("/static/{mark}/{name:path}", by_path),))
    assert reached(site, "/static/any/") != []
