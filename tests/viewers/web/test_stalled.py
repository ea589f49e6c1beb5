"""Browsers that take nothing: they cost little, are dropped, and hold up neither others nor the end."""

import asyncio
import contextlib
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.viewers.web.conftest import Server
from tests.viewers.web.site import COOKIE, HOST, Site
from tests.viewers.web.test_serving import ends_in_time, enter, line, stream
from viewers.web import quiet, streaming
from viewers.web.listening import STALLED_S, listen
from viewers.web.serve import server_of

Serve = Callable[..., Server]
MOST_BYTES = 5 << 20


def rss(pid: int) -> int:
    words = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(words[0]) * 1024


def stalled(port: int, cookie: str) -> socket.socket:
    """Asks for the stream, and takes nothing of it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
    connection.sendall(f"GET /live?page=fleet HTTP/1.1\r\n{head}".encode())
    return connection


def beside(server: Server, count: int) -> None:
    """Others are answered while so many stall, each costs little, and the server ends in time."""
    cookie = enter(server)
    with contextlib.ExitStack() as held:
        held.enter_context(contextlib.closing(stream(server.port, cookie)))
        before = rss(server.process.pid)
        for _ in range(count):
            held.enter_context(contextlib.closing(stalled(server.port, cookie)))
        with line(server.port) as connection:
            connection.request("GET", "/", headers={"Cookie": cookie, "Accept": "text/html"})
            reply = connection.getresponse()
            assert reply.status == 200
            reply.read()
        held.enter_context(contextlib.closing(stream(server.port, cookie)))
        assert rss(server.process.pid) - before < MOST_BYTES * count
        ends_in_time(server, cookie)


@pytest.mark.promise("V16")
def test_V16_browsers_that_take_nothing_are_bounded(recorded: Path, serve: Serve) -> None:
    beside(serve(recorded, "--port", "0"), 50)


@pytest.mark.full
@pytest.mark.promise("V16")
def test_V16_two_hundred_that_take_nothing_are_bounded(recorded: Path, serve: Serve) -> None:
    beside(serve(recorded, "--port", "0"), 200)


async def _taken(site: Site, path: str = "/live?page=fleet") -> bool:
    """Whether a browser that takes nothing is let go by itself."""
    begun = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            begun.set()
            await asyncio.Event().wait()

    path, _, query = path.partition("?")
    headers = [(b"host", HOST.encode()), (b"cookie", f"{COOKIE}={site.token}".encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8377), "state": {},
    }  # fmt: skip
    task = asyncio.create_task(site.app(scope, receive, send))
    await begun.wait()
    assert site.served.listeners.all
    done, _ = await asyncio.wait({task}, timeout=10 if streaming.STALLED_S < 10 else 0.5)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        await task
    assert not site.served.listeners.all
    return bool(done)


@pytest.mark.promise("V16")
@pytest.mark.parametrize("path", ["/live?page=fleet", "/api/events"])
def test_V16_a_stream_that_nobody_takes_is_dropped(site: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert streaming.STALLED_S == 30
    monkeypatch.setattr(streaming, "STALLED_S", 0.05)
    assert asyncio.run(_taken(site, path))


@pytest.mark.mutant("V16")
def test_V16_a_stream_that_waits_for_ever_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STALLED_S", 3600.0)
    assert not asyncio.run(_taken(site))


@pytest.mark.promise("V16")
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system has no such limit")
def test_V16_the_system_drops_a_line_whose_bytes_nobody_takes() -> None:
    lines, port = listen(("127.0.0.1",), 0)
    with lines[0], socket.create_connection(("127.0.0.1", port), timeout=30):
        accepted, _ = lines[0].accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == STALLED_S * 1000


async def _drop(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real server drops a browser that takes nothing, and ends while the line to it is open still."""
    gone = asyncio.Event()

    async def endless(*_: object) -> AsyncIterator[dict[str, str]]:
        try:
            while True:
                yield {"data": "x" * 1_000_000}  # more than the system takes for it
        finally:
            gone.set()

    lines, port = listen(("127.0.0.1",), 0)
    site = Site(home, hosts=frozenset({f"127.0.0.1:{port}"}))
    monkeypatch.setattr(site.served.live, "stream", endless)
    server = server_of(site.served, None)
    running = asyncio.create_task(server.serve(sockets=lines))
    cookie = f"{COOKIE}={site.token}"
    with contextlib.closing(stalled(port, cookie)), socket.create_connection(("127.0.0.1", port)) as odd:
        odd.sendall(b"no HTTP at all\r\n\r\n")
        await asyncio.wait_for(gone.wait(), 60)
        server.should_exit = True
        await asyncio.wait_for(running, 60)


@pytest.mark.parametrize("is_hushed", [True, False])
def test_of_browsers_that_are_dropped_nothing_is_said_on_the_terminal(
    site_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, is_hushed: bool
) -> None:
    monkeypatch.setattr(streaming, "STALLED_S", 0.1)
    logger = logging.getLogger(quiet.LOGGER)
    monkeypatch.setattr(logger, "filters", [])
    if not is_hushed:
        monkeypatch.setattr(logger, "addFilter", lambda _: None)
    asyncio.run(_drop(site_home, monkeypatch))
    said = [record.getMessage() for record in caplog.records]
    assert bool(said) != is_hushed
    if not is_hushed:
        assert any("Exception in ASGI" in words for words in said) and any("Cancel" in words for words in said)


def test_what_is_wrong_with_us_is_said_still() -> None:
    record = logging.LogRecord(quiet.LOGGER, logging.ERROR, "", 0, "Exception in ASGI application", (), None)
    assert not quiet.ours(record)
    record.exc_info = (KeyError, KeyError("x"), None)
    assert quiet.ours(record)


AT_THE_END = """
import asyncio, threading
from viewers.web.aside import aside

async def main():
    begun = threading.Event()
    def read():
        begun.set()
        threading.Event().wait()
    task = asyncio.create_task(aside(read))
    while not begun.is_set():
        await asyncio.sleep(0.01)
    task.cancel()

asyncio.run(main())
"""


def test_a_page_that_is_being_read_does_not_hold_up_the_end() -> None:
    subprocess.run([sys.executable, "-c", AT_THE_END], check=True, timeout=60)
