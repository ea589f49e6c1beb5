"""The pages in a real Chromium: every page at the desk and on the phone, alive, by keys, unmoved by any words."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from tests.viewers.conftest import COMMAND, SESSION, spoken
from tests.viewers.web.hostile import EVIL, hostile, stamp
from tests.viewers.web.notified import APPEAR, NOTIFY
from viewers.web.static import FETCHED
from viewers.web.table import PAGES

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
DESK, PHONE = (1440, 900), (390, 844)
PATHS = [page.path.replace("{id}", SESSION) for page in PAGES]
MORE = ("/search?q=alert", "/sql?q=select+text+from+prompts", "/?show=all", "/history?by=project&range=7d")


class Shown(NamedTuple):
    """A server with its data folder, and a browser that was let in."""

    url: str
    data: Path
    transcript: Path
    context: BrowserContext
    record: Callable[[], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A server on a hostile history."""
    user = tmp_path_factory.mktemp("hostile")
    transcript = user / ".claude" / "projects" / "-src-app" / f"{SESSION}.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("".join(json.dumps(line) + "\n" for line in hostile()))
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(user / "data"), "PATH": os.environ["PATH"]}

    def record() -> None:
        subprocess.run([*COMMAND, "collect", "--once"], check=True, capture_output=True, env=environ)

    record()
    server = subprocess.Popen(
        [*COMMAND, "web", "--no-open", "--no-start", "--port", "0"], env=environ, text=True, cwd=user,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert server.stdout is not None
    link = next(line for line in server.stdout if "/open#" in line).split()[-1]
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("h1:has-text('Fleet')")
    page.close()
    yield Shown(link.partition("/open#")[0], user / "data", transcript, context, record)
    context.close()
    server.kill()
    server.communicate()


class Watch:
    """Looks for what must not happen on a page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.troubles = page, list[str]()
        page.on("dialog", self._spoke)
        page.on("pageerror", lambda error: self.troubles.append(f"error {error}"))
        page.on("console", lambda told: self.troubles.append(told.text) if told.type == "error" else None)
        page.on("request", lambda asked: self._asked(asked.url, url))

    def _spoke(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, asked: str, url: str) -> None:
        if not asked.startswith((f"{url}/", "data:")):
            self.troubles.append(f"request {asked}")

    def found(self) -> list[str]:
        hit = self.page.evaluate("typeof window.hit")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [
            *self.troubles,
            *([] if hit == "undefined" else ["hit"]),
            *([f"{wide} px too wide"] if wide > 0 else []),
        ]


def troubles(shown: Shown, paths: list[str], size: tuple[int, int]) -> dict[str, list[str]]:
    """What is wrong with each page."""
    found: dict[str, list[str]] = {}
    page = shown.context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in paths:
        watch = Watch(page, shown.url)
        page.goto(shown.url + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found[path] = watch.found()
    page.close()
    return {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.promise("V5")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_V5_no_word_of_an_agent_becomes_markup_or_script(shown: Shown, size: tuple[int, int]) -> None:
    assert troubles(shown, [*PATHS, *MORE], size) == {}


@pytest.mark.mutant("V5")
def test_V5_a_page_that_escapes_nothing_is_seen(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page, "http://127.0.0.1")
    page.set_content("".join(f"<p>{words}</p>" for words in EVIL[:4]))
    page.wait_for_function("window.hit === 1")
    assert any(trouble.startswith("dialog") for trouble in watch.found())
    context.close()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_a_page_is_for_everybody(shown: Shown, size: tuple[int, int], theme: Literal["light", "dark"]) -> None:
    """What axe finds of WCAG 2.1 A and AA: contrasts, names, roles, tables, landmarks."""
    page = shown.context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=theme)
    found: dict[str, list[str]] = {}
    for path in PATHS:
        page.goto(shown.url + path)
        page.evaluate(AXE.read_text("utf-8"))
        rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}"
        wrong = page.evaluate(f"axe.run(document, {rules}).then((told) => told.violations.map((one) => one.help))")
        if wrong:
            found[path] = wrong
    page.close()
    assert found == {}


def test_an_edit_is_side_by_side_where_there_is_room_and_below_where_there_is_none(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(f"{shown.url}/session/{SESSION}/conversation")
    edit = page.locator("details:has(.diff)").last
    assert "+2" in edit.locator("summary").inner_text() and not edit.locator(".diff").is_visible()
    edit.locator("summary").click()
    for size, is_beside in ((DESK, True), (PHONE, False)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        gone, come = edit.locator("del").bounding_box(), edit.locator("ins").first.bounding_box()
        assert gone and come
        assert (gone["y"] == come["y"], gone["x"] < come["x"]) == (is_beside, is_beside)
    assert edit.locator("del").inner_text().startswith("8")
    page.close()


def test_what_is_recorded_is_on_the_page_without_a_word_from_the_reader(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(f"{shown.url}/session/{SESSION}")
    page.wait_for_selector("#live .dot.warnd, #live .dot.ok")
    said = {"role": "user", "content": "a fresh prompt"}
    line = spoken(type="user", uuid="u-fresh", timestamp=stamp(), message=said)
    with shown.transcript.open("a") as file:
        file.write(json.dumps(line) + "\n")
    shown.record()
    page.wait_for_selector("text=a fresh prompt", timeout=30_000)
    page.close()


def test_keys_choose_open_and_go_back(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(shown.url + "/?show=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/session/**")
    page.keyboard.press("b")
    page.wait_for_url(f"{shown.url}/")
    page.keyboard.press("2")
    page.wait_for_url("**/history")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.close()


def test_arrows_go_through_the_calendar_and_enter_opens_a_day(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(shown.url + "/history?since=2024-10-16&until=2024-10-16")
    page.locator('.cal a[aria-current="date"]').focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/history?since=2024-10-09&until=2024-10-09")
    page.close()


def test_a_question_is_saved_opened_and_deleted(shown: Shown) -> None:
    page = shown.context.new_page()
    watch = Watch(page, shown.url)
    page.goto(shown.url + "/sql")
    page.fill("#q", "select 1 as one")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("th:has-text('one')")
    page.fill("#name", EVIL[0])
    page.keyboard.press("Enter")
    page.click(".asked a[aria-current=true]")
    page.wait_for_selector("[data-drop]:visible")
    assert watch.found() == []
    page.close()
    page = shown.context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(shown.url + "/sql")
    page.click("[data-drop]")
    page.wait_for_selector("[data-drop]", state="detached")
    page.close()


@pytest.mark.skipif(not os.path.exists(FETCHED), reason="the build hook could not reach npm")
def test_a_stretch_of_days_is_chosen_in_the_chart(shown: Shown) -> None:
    page = shown.context.new_page()
    watch = Watch(page, shown.url)
    page.goto(shown.url + "/history?range=7d")
    chart = page.locator(".uplot .u-over")
    wide = chart.evaluate("(chart) => chart.clientWidth")
    chart.hover(position={"x": wide - 10, "y": 100})
    page.wait_for_selector(".read:has-text('$')")
    page.mouse.down()
    chart.hover(position={"x": wide / 2, "y": 100})
    page.mouse.up()
    page.wait_for_url("**/history?since=*&until=*")
    assert watch.found() == []
    page.close()


def test_a_browser_notifies_by_consent_alone_and_once(shown: Shown) -> None:
    page = shown.context.new_page()
    page.add_init_script(f"({NOTIFY})()")
    page.goto(shown.url + "/history")
    page.wait_for_selector("[data-notify]:not([hidden])")
    page.evaluate(APPEAR, "first")
    assert page.evaluate("told") == []
    page.click("[data-notify]")
    page.wait_for_selector("[data-notify][aria-pressed=true]")
    for key in ("first", "second", "second"):
        page.evaluate(APPEAR, key)
    assert page.evaluate("told") == [["src waits for you", "a file", "second"]]
    page.click("[data-notify]")
    page.wait_for_selector("[data-notify][aria-pressed=false]")
    page.evaluate(APPEAR, "third")
    assert len(page.evaluate("told")) == 1
    page.close()


def test_the_theme_is_kept(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(shown.url)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-theme-toggle]")
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert before != after
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after
    page.evaluate("localStorage.clear()")
    page.close()


def test_the_first_load_is_small(shown: Shown) -> None:
    page = shown.context.new_page()
    page.goto(shown.url, wait_until="load")
    size = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((all, one) => all + (one.encodedBodySize || 0), 0)"
    )
    assert 0 < size <= 200_000
    page.close()


def test_a_stranger_sees_how_to_be_let_in_and_nothing_else(shown: Shown, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(shown.url)
    assert "not let in yet" in page.inner_text("h1")
    page.fill("#code", "WRONG")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Not opened")
    context.close()
