"""The application behind its gate, asked as a server asks it, one request at a time and without a socket."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from viewers.web.access import Access
from viewers.web.app import application
from viewers.web.guard import Door
from viewers.web.listeners import Listeners
from viewers.web.live import Live
from viewers.web.looking import Looking
from viewers.web.routes import Route, Served, routes

HOST = "127.0.0.1:8377"
COOKIE = "fleetmeter-8377"
Header = tuple[bytes, bytes]


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """The application of a data folder, with a clock that tests turn, and a browser that was let in."""

    def __init__(
        self,
        home: Path,
        table: tuple[Route, ...] | None = None,
        *,
        desks: Any = None,
        told: Any = None,
        network: str = "",
        **doors: Any,
    ) -> None:
        self.now_s = 1_000_000.0
        self.access = Access(lambda: self.now_s)
        listeners = Listeners()
        self.served = Served(
            str(home),
            Door("http", frozenset({HOST}), COOKIE)._replace(**doors),
            self.access,
            listeners,
            Live(str(home), listeners),
            told,
            Looking(desks) if desks else None,
            network,
        )
        self.table = routes(self.served) if table is None else table
        self.app: Any = application(self.served, self.table)
        code = self.access.opening()
        self.token = self.access.enter(code, "a test", "127.0.0.1", is_near=True) or ""

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "",
        host: str | None = HOST,
        more: tuple[Header, ...] = (),
        body: bytes = b"",
        client: str = "127.0.0.1",
        app: Any = None,
    ) -> Reply:
        """Send a request; token "" is that of the browser that was let in, None is none."""
        headers = [(b"host", host.encode())] if host is not None else []
        known = self.token if token == "" else token
        if known is not None:
            headers.append((b"cookie", f"{COOKIE}={known}".encode()))
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [*headers, *more], "client": (client, 50_000), "server": ("127.0.0.1", 8377), "state": {},
        }  # fmt: skip
        return asyncio.run(_asked(app or self.app, scope, body))

    def socket(self, path: str, *, host: str | None = HOST, more: tuple[Header, ...] = ()) -> str:
        """Ask for a web socket, and say what came first."""
        headers = [(b"host", host.encode())] if host is not None else []
        headers += [(b"cookie", f"{COOKIE}={self.token}".encode()), *more]
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "client": ("::1", 1)}
        return asyncio.run(_opened(self.app, scope))

    def post(self, path: str, what: Any, *, more: tuple[Header, ...] | None = None, **rest: Any) -> Reply:
        """As our own pages do."""
        own = ((b"origin", f"http://{HOST}".encode()), (b"content-type", b"application/json"), (b"x-fleetmeter", b"1"))
        return self.ask("POST", path, more=own if more is None else more, body=json.dumps(what).encode(), **rest)


async def _opened(app: Any, scope: dict[str, Any]) -> str:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return str(sent[0]["type"])


async def _asked(app: Any, scope: dict[str, Any], body: bytes) -> Reply:
    sent: list[dict[str, Any]] = []
    begun = asyncio.Event()
    is_read = False

    async def receive() -> dict[str, Any]:
        nonlocal is_read
        if is_read:
            await asyncio.Event().wait()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        begun.set()

    task = asyncio.create_task(app(scope, receive, send))
    waited = asyncio.create_task(begun.wait())
    await asyncio.wait({task, waited}, return_when=asyncio.FIRST_COMPLETED)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]} if sent else {}
    if not headers.get("content-type", "").startswith("text/event-stream"):
        await task
    for each in (task, waited):  # a stream goes on until its reader goes
        each.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await each
    return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent))
