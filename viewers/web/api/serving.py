"""How a call is answered over HTTP: read in a moment, and every trouble a sentence with what to do."""

import re
import time
from collections.abc import Mapping
from contextlib import closing

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.database import open_reader
from viewers.panels.reading import trouble_of
from viewers.reports.scope import nearest
from viewers.trouble import UsageTrouble
from viewers.web.api.calls import CALLS, Call, written
from viewers.web.api.events import KINDS, NAMES, wanted
from viewers.web.api.metrics import KIND, metrics
from viewers.web.api.openapi import STREAM, Described, description
from viewers.web.aside import aside
from viewers.web.feed import Feed
from viewers.web.listeners import Listener
from viewers.web.page import Asked
from viewers.web.streaming import stream

ALL = (
    *CALLS,
    Call("/metrics", metrics, "totals for Prometheus; by=project adds the project", ("by",), KIND),
)  # fmt: skip


OPTION = re.compile(r"(?<!\S)--(?=[a-z])")
"""How a command would name a word of an address."""
EVENTS = Described(
    "/api/events",
    "what happens in every session, as server-sent events: the lines of `fleetmeter watch --json`, each with an id; "
    f"kind is one or several of {', '.join(KINDS)}, with commas between",
    (*NAMES, "kind"),
    STREAM,
)


async def answer(home: str, call: Call, request: Request) -> Response:
    """Whatever was asked."""
    return await aside(_answer, home, call, request.path_params, request.query_params.multi_items())


async def events(feed: Feed, request: Request) -> Response:
    """What happens from now on, or since the event that the reader had last."""
    try:
        query = words_of(EVENTS, request.query_params.multi_items())
        chosen = await aside(wanted, feed.home, query)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is told to whoever asks
        return refusal(error)
    one = Listener(request.state.device.id)
    last = request.headers.get("last-event-id", "")
    return stream(feed.listeners, lambda: feed.stream(one, chosen.fits, last))


async def openapi(request: Request) -> Response:
    """What there is to ask."""
    return JSONResponse(description((*ALL, EVENTS)))


def words_of(call: Call | Described, pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The words of an address. One that is not known is no filter that was forgotten, but an error."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in call.words:
            hint = nearest(name, call.words) if call.words else "it takes none"
            raise UsageTrouble(f"{call.path} understands no {name!r}", hint=hint)
        if name in found:
            raise UsageTrouble(f"{name} is given twice", hint="give it once")
        found[name] = value
    return found


def _answer(home: str, call: Call, place: Mapping[str, str], pairs: list[tuple[str, str]]) -> Response:
    try:
        query = words_of(call, pairs)
        with closing(open_reader(home)) as reader:
            text = written(call.answer(Asked(home, reader, time.time(), place, query)))
        return Response(text, media_type=call.kind)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the database is told to whoever asks
        return refusal(error, has_place=bool(place))


def refusal(error: Exception, *, has_place: bool = False) -> Response:
    """A sentence, and what to do."""
    if isinstance(error, UsageTrouble):
        is_missing = has_place and str(error).startswith("no session")
        told = OPTION.sub("", str(error))
        return JSONResponse({"error": told, "hint": error.hint}, 404 if is_missing else 400)
    trouble = trouble_of(error)
    return JSONResponse({"error": trouble.words, "hint": trouble.hint}, 503)
