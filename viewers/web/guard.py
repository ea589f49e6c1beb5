"""The gate before every route: whose request is let through, and what every answer says to the browser.

A page of a stranger may send requests to this machine from the user's own browser, and a name of a stranger may point
here; so each request must name us as its host, not come from another page, and bring the token of a device."""

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from viewers.web.access import Access, Device

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MARK = b"x-fleetmeter"
"""The header that a page of a stranger cannot send without asking first, which nobody answers."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


class Door(NamedTuple):
    """Where we are reached."""

    scheme: str
    hosts: frozenset[str]
    """Names with their port, as browsers write them."""
    cookie: str


class Guard:
    """The middleware."""

    def __init__(
        self, app: App, *, door: Door, access: Access, is_open: Callable[[str, str], bool], ask: Callable[[], Response]
    ) -> None:
        self.app, self.door, self.access = app, door, access
        self.is_open = is_open
        """Whether this method and path are answered to strangers too."""
        self.ask = ask
        """The page that a stranger's browser gets."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # there is no route for a web socket
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._judge(scope)
        answer: App = self.app if refusal is None else refusal
        await answer(scope, receive, _dressed(send))

    def _judge(self, scope: Scope) -> Response | None:
        """None for who may pass."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        why = foreign(headers, scope["method"], self.door)
        if why:
            return PlainTextResponse(f"Refused: {why}.\n", 403)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("No such method.\n", 405, {"allow": "GET, HEAD, POST"})
        request = Request(scope)
        device = self._device(request)
        scope.setdefault("state", {})["device"] = device
        if device is not None or self.is_open(scope["method"], scope["path"]):
            return None
        if "text/html" in request.headers.get("accept", "") and scope["method"] == "GET":
            return self.ask()
        return PlainTextResponse("Refused: this needs the token of a browser that was let in.\n", 401)

    def _device(self, request: Request) -> Device | None:
        near, bearer = is_near(request), request.headers.get("authorization", "")
        if near and request.method != "POST" and bearer.startswith("Bearer "):
            return self.access.script(bearer[7:])
        token = request.cookies.get(self.door.cookie, "")
        return self.access.known(token, is_near=near) if token else None


def is_near(request: Request) -> bool:
    """Whether it comes from this machine."""
    return request.client is not None and ip_address(request.client.host.partition("%")[0]).is_loopback


def foreign(headers: list[tuple[bytes, bytes]], method: str, door: Door) -> str:
    """What about a request says that a stranger's page or name is behind it; "" if nothing does."""
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in door.hosts:
        return "the host of the request is not this server"
    ours = f"{door.scheme}://{hosts[0].decode('latin-1').lower()}"
    origins = [value.decode("latin-1").lower() for name, value in headers if name == b"origin"]
    if origins not in ([], [ours]):
        return "the request comes from another page"
    told = {name: value for name, value in headers if name.startswith(b"sec-fetch-")}
    is_visit = method == "GET" and told.get(b"sec-fetch-mode") == b"navigate"  # somebody follows a link to us
    is_page = told.get(b"sec-fetch-dest", b"document") == b"document"
    if told.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin") and not (is_visit and is_page):
        return "the request comes from another page"
    return _careless(headers, origins) if method == "POST" else ""


def _careless(headers: list[tuple[bytes, bytes]], origins: list[str]) -> str:
    """What a form, a beacon or an image of a stranger could send too."""
    kinds = [value.partition(b";")[0].strip().lower() for name, value in headers if name == b"content-type"]
    if not origins:
        return "a request that changes something must say where it comes from"
    if kinds != [b"application/json"]:
        return "a request that changes something must be JSON"
    if not any(name == MARK for name, _ in headers):
        return "a request that changes something must bear our header"
    return ""


def _dressed(send: Send) -> Send:
    """Every answer with the rules that the browser is to hold it to."""

    async def dressed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            names = {name.lower() for name, _ in own}
            own += [pair for pair in HEADERS if pair[0] not in names]
            if b"cache-control" not in names:
                own.append((b"cache-control", b"no-store"))
            message = {**message, "headers": own}
        await send(message)

    return dressed
