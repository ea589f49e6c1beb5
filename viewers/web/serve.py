"""`fleetmeter web`: the server, from the choice of a port to the last signal."""

import contextlib
import errno
import os
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import closing
from functools import partial
from ipaddress import ip_address

import uvicorn

from store import home as homes
from store.database import open_reader
from store.errors import FleetmeterError
from store.http_token import WEB, token
from viewers.collecting.starting import ensure
from viewers.reading.show import Texts
from viewers.reports.scope import session_keys
from viewers.screen import terminal
from viewers.trouble import UsageTrouble
from viewers.web.access import Access, Device
from viewers.web.app import application
from viewers.web.devices import load, save
from viewers.web.guard import Door
from viewers.web.live import Live
from viewers.web.render import address
from viewers.web.routes import Served

PORT = 8377
NEXT = 20
"""So many ports after the one that was asked for are tried."""
GRACE_S = 1
BACKLOG = 256


def run(
    *, texts: Callable[[], Texts], port: int, host: str, is_opened: bool | None, session: str | None, no_start: bool
) -> int:
    """Serve until a signal."""
    _check_host(host)
    home = homes.locate()
    ensure(home, is_wanted=not no_start)
    place = "/"
    if session is not None:
        with closing(open_reader(home)) as reader:
            session_keys(session, reader)  # a wrong name is told here
        place = address(session)
    line, port = listen(host, port)
    # A history that may only be read is shown too; then who was let in is known until the end of this server.
    is_ours = not os.path.exists(home) or os.access(home, os.W_OK)
    if is_ours:
        homes.prepare(home)
    access = Access(time.time, load(home), partial(save, home) if is_ours else lambda _: None)
    access.script_token = token(home, WEB) if is_ours else ""
    door = Door("http", frozenset(hosts(host, port)), f"fleetmeter-{port}")
    server = uvicorn.Server(
        uvicorn.Config(
            application(Served(home, door, access, Live(home), texts)), http="h11", ws="none", lifespan="off",
            log_config=None, access_log=False, server_header=False, proxy_headers=False,
            timeout_graceful_shutdown=GRACE_S, backlog=BACKLOG,
        )
    )  # fmt: skip
    url = f"http://{_written(host)}:{port}"
    opener = Opener(home, url, place, access, is_opened=_has_screen() if is_opened is None else is_opened)
    access.used = opener.used
    opener.begin()
    # uvicorn raises the signal again when it has ended, which then is no failure.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ended)
    try:
        server.run(sockets=[line])
    finally:
        opener.end()
        line.close()
    return 0


def _ended(number: int, frame: object) -> None:
    """Nothing is left to do."""


def _check_host(host: str) -> None:
    try:
        is_near = ip_address(host).is_loopback
    except ValueError:
        is_near = host == "localhost"
    if not is_near:
        raise UsageTrouble(f"--host {host} is not an address of this machine alone", hint="127.0.0.1 is, and so is ::1")


def listen(host: str, port: int) -> tuple[socket.socket, int]:
    """The port, or the next that is free, which is said."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + NEXT, 65_535) + 1) if port else (0,):
        line = socket.socket(family, socket.SOCK_STREAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, number))
            line.listen(BACKLOG)
        except OSError as error:
            line.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise FleetmeterError(f"{host} port {number}: {error.strerror}", hint="try another --port") from error
            continue
        if number != port and port:
            terminal.say(f"port {port} is taken, so this is {number}")
        return line, line.getsockname()[1]
    raise FleetmeterError(f"the ports {port} to {port + NEXT} are all taken", hint="name another with --port")


def hosts(host: str, port: int) -> list[str]:
    """How browsers name us, with the port."""
    names = ["localhost", "[::1]"] if host == "::1" else ["localhost", "127.0.0.1", host]
    return [f"{name}:{port}" for name in names] + ([name for name in names] if port == 80 else [])


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Opener:
    """Lets the browser of this machine in: by a code that opens once, which no list of processes shows."""

    def __init__(self, home: str, url: str, place: str, access: Access, *, is_opened: bool) -> None:
        self.home, self.url, self.place, self.access = home, url, place, access
        self.is_opened = is_opened
        self.page = ""

    def begin(self) -> None:
        """Open the browser, or say what to open."""
        link = self._link()
        terminal.say(f"fleetmeter is at {self.url}{self.place}", f"  open it by {link}", "  Ctrl+C ends it")
        if self.is_opened and os.access(self.home, os.W_OK):
            self.page = os.path.join(self.home, f"open-{os.getpid()}.html")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.page)
            with open(homes.create_private(self.page), "w", encoding="utf-8") as file:
                file.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={link}">')
            threading.Thread(target=webbrowser.open, args=(f"file://{self.page}",), daemon=True).start()

    def used(self, device: Device) -> None:
        """A code opens once; here is the next."""
        self.end()
        if not device.is_paired:
            terminal.say(f"a browser was let in; for another one: {self._link()}")

    def end(self) -> None:
        if self.page:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.page)
            self.page = ""

    def _link(self) -> str:
        # After the # nothing is ever sent: no log and no other page sees the code.
        return f"{self.url}/open#{self.access.opening()}{self.place}"


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
