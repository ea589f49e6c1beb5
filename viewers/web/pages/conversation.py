"""All that was said and done in a session, in order: tools folded, a link to any moment, a page of it at a time."""

from collections.abc import Mapping
from typing import Any

from viewers import query
from viewers.panels.fleet_read import now_of
from viewers.reading.show import Moment
from viewers.reports.scope import session_keys
from viewers.web import changes
from viewers.web.page import Asked, Page

MOST = 200
QUIET = frozenset({"turn_end"})


def read(asked: Asked) -> Mapping[str, Any]:
    """A page: the one that was asked for, or that with the moment that was; else the last."""
    keys = session_keys(asked.place["id"], asked.reader)
    session = now_of(query.rows(asked.reader, "session_now", session=keys[0])[0], asked.now_s)
    rows = query.rows(asked.reader, "session_story", sessions=str(list(keys)), run=asked.query.get("run") or None)
    story = [moment for moment in map(_moment, rows) if moment.what not in QUIET]
    pages = max(-(-len(story) // MOST), 1)
    wanted = asked.query.get("page", "")
    here = place_of(story, asked.query)
    if here:
        number = (here - 1) // MOST + 1
    elif wanted.isascii() and wanted.isdecimal() and len(wanted) < 7:
        number = min(max(int(wanted), 1), pages)
    else:
        number = pages
    shown = story[(number - 1) * MOST : number * MOST]
    is_full = asked.query.get("full") == "1" and asked.means.told is not None
    if is_full and asked.means.told is not None:
        whole = asked.means.told.texts()(asked.home, list(keys))
        shown = [moment._replace(text=whole.get((moment.ref or "", moment.block), moment.text)) for moment in shown]
    return {
        "id": asked.place["id"], "moments": list(enumerate(shown, (number - 1) * MOST + 1)), "number": number,
        "pages": pages, "all": len(story), "is_full": is_full, "can_full": asked.means.told is not None,
        "run": asked.query.get("run", ""), "here": here, "cwd": session.project,
        "files": changes.files(asked, keys, shown, story[here - 1].ref if here else None, is_full=is_full),
    }  # fmt: skip


def place_of(story: list[Moment], query: Mapping[str, str]) -> int:
    """Where the moment is that an address names, counted from one; 0 where it names none."""
    wanted, when = (query.get("at"), query.get("block") or "0"), query.get("when")
    for place, one in enumerate(story, 1):
        if one.ref and (one.ref, str(one.block)) == wanted:
            return place
    # A call that began an agent has the agent's name here, not its own: then its time tells.
    return next((place for place, one in enumerate(story, 1) if when and one.at == when and one.kind == "tool"), 0)


def _moment(row: tuple[Any, ...]) -> Moment:
    return Moment(*row)


PAGE = Page("conversation", "Conversation", "/session/{id}/conversation", read, is_live=False)
