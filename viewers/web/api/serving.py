"""How a call is answered over HTTP: read in a moment, and every trouble a sentence with what to do."""

import time
from collections.abc import Mapping
from contextlib import closing

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.database import open_reader
from viewers.panels.reading import trouble_of
from viewers.trouble import UsageTrouble
from viewers.web.api.calls import CALLS, Call, written
from viewers.web.api.metrics import KIND, metrics
from viewers.web.api.openapi import description
from viewers.web.aside import aside
from viewers.web.page import Asked

ALL = (
    *CALLS,
    Call("/metrics", metrics, "totals for Prometheus; by=project adds the project", ("by",), KIND),
)  # fmt: skip


async def answer(home: str, call: Call, request: Request) -> Response:
    """Whatever was asked."""
    return await aside(_answer, home, call, request.path_params, dict(request.query_params))


async def openapi(request: Request) -> Response:
    """What there is to ask."""
    return JSONResponse(description(ALL))


def _answer(home: str, call: Call, place: Mapping[str, str], query: Mapping[str, str]) -> Response:
    try:
        with closing(open_reader(home)) as reader:
            text = written(call.answer(Asked(home, reader, time.time(), place, query)))
        return Response(text, media_type=call.kind)
    except UsageTrouble as trouble:
        is_missing = bool(place) and str(trouble).startswith("no session")
        return JSONResponse({"error": str(trouble), "hint": trouble.hint}, 404 if is_missing else 400)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the database is told to whoever asks
        trouble = trouble_of(error)
        return JSONResponse({"error": trouble.words, "hint": trouble.hint}, 503)
