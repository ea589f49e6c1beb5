"""The table of routes: who may ask for each, how, and what answers. Nothing is served that is not in it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route as Path

from viewers.reading.told import Told
from viewers.web import acting, pairing, saved
from viewers.web.access import Access
from viewers.web.admitted import named
from viewers.web.answering import whole
from viewers.web.api import serving
from viewers.web.api.calls import Call
from viewers.web.aside import aside
from viewers.web.body import body
from viewers.web.feed import Feed
from viewers.web.guard import Door, is_near
from viewers.web.listeners import Listeners
from viewers.web.live import Live, Tab
from viewers.web.looking import Looking
from viewers.web.page import Means, Page
from viewers.web.render import template
from viewers.web.static import OPEN, STATIC
from viewers.web.streaming import stream
from viewers.web.table import PAGES

Answer = Callable[[Request], Awaitable[Response]]
COOKIE_S = 30 * 86_400


class Route(NamedTuple):
    """An entry."""

    path: str
    answer: Answer
    method: str = "GET"
    is_open: bool = False
    """Answered to strangers too."""
    is_near: bool = False
    """Answered to browsers of this machine alone."""
    about: str = ""


class Served(NamedTuple):
    """What the routes answer from."""

    home: str
    door: Door
    access: Access
    listeners: Listeners
    live: Live
    told: Told | None = None
    looking: Looking | None = None
    network: str = ""
    """Where phones reach it; "" where it listens on this machine alone."""


def routes(served: Served) -> tuple[Route, ...]:
    """All of them."""
    return (
        *(Route(page.path, _page(served, page), is_near=page.is_near, about=page.title) for page in PAGES),
        *(Route(call.path, _call(served, call), about=call.about) for call in serving.ALL),
        Route(serving.EVENTS.path, _events(served), about=serving.EVENTS.about),
        Route("/api/openapi.json", serving.openapi, about="this description"),
        Route("/live", _live(served), about="what becomes different on a page, as server-sent events"),
        Route("/static/{mark}/{name}", _static, is_open=True, about="scripts, styles and icons"),
        Route("/open", _open, is_open=True, about="the page that lets a browser in"),
        Route("/enter", _enter(served), "POST", is_open=True, about="let a browser in by a code"),
        Route("/processes/act", _act(served), "POST", is_near=True, about="stop, keep or let go of a process"),
        Route("/sql/saved", _saved(served), "POST", is_near=True, about="keep a question, or let go of it"),
        Route("/devices/invite", _invite(served), "POST", is_near=True, about="a code that lets one phone in"),
        Route("/devices/revoke", _revoke(served), "POST", is_near=True, about="shut a browser out"),
        Route("/leave", _leave(served), "POST", about="forget this browser"),
        Route("/health", _health, is_open=True, about="whether this server answers"),
    )


def mounted(table: tuple[Route, ...]) -> list[Path]:
    """The same for Starlette."""
    return [Path(route.path, _fenced(route), methods=[route.method]) for route in table]


def _fenced(route: Route) -> Answer:
    async def answer(request: Request) -> Response:
        device = request.state.device
        if route.is_near and (device is None or device.is_paired or not is_near(request)):
            if "text/html" in request.headers.get("accept", "") and request.method == "GET":
                return HTMLResponse(template("near.html", static=STATIC.address, now_s=0.0), 403)
            return PlainTextResponse("Refused: only a browser of this machine may do that.\n", 403)
        return await route.answer(request)

    return answer


def is_open(table: tuple[Route, ...]) -> Callable[[str, str], bool]:
    """Whether strangers are answered: of the files only those that the page needs that lets them in."""
    plain = {(route.method, route.path) for route in table if route.is_open and "{" not in route.path}
    files = {STATIC.address(name) for name in OPEN}
    return lambda method, path: ("GET" if method == "HEAD" else method, path) in plain or path in files


def _page(served: Served, page: Page) -> Answer:
    async def answer(request: Request) -> Response:
        html, status = await aside(
            whole,
            served.home,
            page,
            request.path_params,
            dict(request.query_params),
            Means(served.told, served.looking, served.access, served.network, request.state.device),
        )
        return HTMLResponse(html, status)

    return answer


def _call(served: Served, call: Call) -> Answer:
    async def answer(request: Request) -> Response:
        return await serving.answer(served.home, call, request)

    return answer


def _live(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        asked = dict(request.query_params)
        page = next((page for page in PAGES if page.name == asked.get("page")), None)
        if page is None or not page.is_live:
            return PlainTextResponse("There is no such page.\n", 404)
        has = dict(pair.split(":", 1) for pair in asked.get("has", "").split(",") if ":" in pair)
        place = tuple(sorted((name[1:], value) for name, value in asked.items() if name.startswith(".")))
        query = tuple(sorted((name[1:], value) for name, value in asked.items() if name.startswith("-")))
        tab = Tab(request.state.device.id, has)
        return stream(served.listeners, lambda: served.live.stream(page, (place, query), tab))

    return answer


def _events(served: Served) -> Answer:
    feed = Feed(served.home, served.listeners)

    async def answer(request: Request) -> Response:
        return await serving.events(feed, request)

    return answer


async def _static(request: Request) -> Response:
    return STATIC.answer(request)


async def _open(request: Request) -> Response:
    return enter_page(200)


def enter_page(status: int = 401) -> Response:
    """What a browser sees that nobody let in yet."""
    return HTMLResponse(template("enter.html", static=STATIC.address, now_s=0.0), status)


def _enter(served: Served) -> Answer:
    class Asked(msgspec.Struct):
        code: str

    async def answer(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if served.access.is_slowed(address):
            return JSONResponse({"error": "too many wrong codes: wait a minute"}, 429)
        try:
            code = msgspec.json.decode(await body(request), type=Asked).code
        except msgspec.DecodeError:
            return JSONResponse({"error": "that is no code"}, 400)
        name = named(request.headers.get("user-agent", "a browser"))
        token = served.access.enter(code, name, address, is_near=is_near(request))
        if token is None:
            return JSONResponse({"error": "that code is wrong, used, or too old"}, 403)
        found = JSONResponse({"ok": True})
        found.set_cookie(
            served.door.cookie, token, max_age=COOKIE_S, path="/", httponly=True, samesite="strict",
            secure=served.door.scheme == "https",
        )  # fmt: skip
        return found

    return answer


def _act(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        return await acting.answer(served.looking, request)

    return answer


def _saved(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        return await saved.answer(served.home, request)

    return answer


def _invite(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        return pairing.invite(served.access, served.network)

    return answer


def _revoke(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        return await pairing.revoke(served.access, request)

    return answer


def _leave(served: Served) -> Answer:
    async def answer(request: Request) -> Response:
        served.access.revoke(request.state.device.id)
        found = JSONResponse({"ok": True})
        found.delete_cookie(served.door.cookie, path="/")
        return found

    return answer


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def gone(request: Request, error: Exception) -> Response:
    """What is said where there is nothing."""
    if request.url.path.startswith("/api/"):
        told = {"error": "the API has no such address", "hint": "/api/openapi.json describes it"}
        return JSONResponse(told, 404)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(template("nothing.html", static=STATIC.address, now_s=0.0), 404)
    return PlainTextResponse("There is no such address.\n", 404)
