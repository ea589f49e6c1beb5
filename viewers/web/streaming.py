"""A stream of server-sent events to somebody who may take nothing."""

from collections.abc import AsyncIterator, Callable

from sse_starlette import EventSourceResponse
from starlette.responses import JSONResponse, Response

from viewers.web.listeners import Listeners
from viewers.web.listening import STALLED_S

PING_S = 15


def stream(listeners: Listeners, begin: Callable[[], AsyncIterator[dict[str, str] | bytes]]) -> Response:
    """Begun if there is room for one more; whoever takes nothing of it is dropped."""
    if listeners.are_full:
        told = {"error": "too many streams are open", "hint": "try again in ten seconds"}
        return JSONResponse(told, 503, {"retry-after": "10"})
    return EventSourceResponse(
        begin(), ping=PING_S, send_timeout=STALLED_S,
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )  # fmt: skip
