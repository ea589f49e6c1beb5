"""A page as a whole: read in a moment, drawn, and told what is wrong where it cannot be read."""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from store.database import open_reader
from viewers.panels.reading import Trouble, trouble_of
from viewers.trouble import UsageTrouble
from viewers.web import shell
from viewers.web.page import Asked, Means, Page
from viewers.web.render import framed, parts, template
from viewers.web.static import STATIC
from viewers.web.table import PAGES


def whole(
    home: str,
    page: Page,
    place: Mapping[str, str],
    query: Mapping[str, str],
    means: Means,
) -> tuple[str, int]:
    """The page as HTML, and its status."""
    now_s = time.time()
    try:
        with closing(open_reader(home)) as reader:
            asked = Asked(home, reader, now_s, place, query, means, {})
            around = shell.read(asked)
            try:
                answer = page.read(asked)
            except UsageTrouble as missing:
                return _state(page, means, around, Trouble(str(missing), missing.hint), now_s, is_misasked=True), 404
            return _page(page, asked, around, answer), 200
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the database is a page that says it
        around: Mapping[str, Any] = {"running": (), "count": 0, "notices": (), **shell.recording(home)}
        trouble = trouble_of(error)
        return _state(page, means, around, trouble, now_s), 200 if trouble.is_empty else 503


def _page(page: Page, asked: Asked, around: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    now_s = asked.now_s
    found = {**parts(shell.PAGE, around, now_s), **parts(page, answer, now_s)}
    return template(
        f"{page.name}/page.html", part=framed(found), **_frame(page, asked.means, now_s, asked.place), **answer
    )


def _state(
    page: Page, means: Means, around: Mapping[str, Any], trouble: Trouble, now_s: float, *, is_misasked: bool = False
) -> str:
    found = parts(shell.PAGE, around, now_s)
    return template(
        "state.html",
        part=framed(found),
        trouble=trouble,
        live=False,
        is_misasked=is_misasked,
        **_frame(page, means, now_s),
    )


def _frame(page: Page, means: Means, now_s: float, place: Mapping[str, str] | None = None) -> dict[str, Any]:
    menu = [each for each in PAGES if each.icon and not (each.is_near and means.is_far)]
    return {
        "page": page,
        "menu": menu,
        "static": STATIC.address,
        "at_hand": STATIC.files,
        "now_s": now_s,
        "place": dict(place or {}),
        "is_far": means.is_far,
    }


def asked_again(
    reader: sqlite3.Connection, home: str, now_s: float, page: Page, key: Any, memory: Any, means: Means
) -> Asked:
    """The same question, with what it keeps."""
    place, query = key
    return Asked(home, reader, now_s, dict(place), dict(query), means, memory)
