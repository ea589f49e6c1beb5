"""Where something was said or done: the same search as in the terminal app, its words the same."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from viewers.panels import search, search_read
from viewers.web.page import Asked, Page


def read(asked: Asked) -> Mapping[str, Any]:
    """What is found, by session."""
    text = asked.query.get("q", "").strip()
    understood = search_read.understood(text)
    found = search_read.search(asked.reader, understood, asked.now_s) if understood.terms else None
    wanted = search.pattern(understood.terms)
    return {
        "text": text, "found": found, "trouble": understood.trouble, "groups": search.grouped(found) if found else [],
        "words": search.count(found) if found else "", "mark": search.mark,
        "snippet": partial(search.snippet, wanted=wanted, columns=200), "empty": search.EMPTY,
    }  # fmt: skip


PAGE = Page("search", "Search", "/search", read, icon="search", is_live=False)
