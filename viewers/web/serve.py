"""`fleetmeter web`: the server, from the choice of a port to the last signal."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from types import FrameType
from typing import NamedTuple

import uvicorn

from store import home as homes
from store.database import open_reader
from store.http_token import WEB, token
from viewers.collecting.starting import ensure
from viewers.processes.desk import Desk
from viewers.reading.told import Told
from viewers.reports.scope import session_keys
from viewers.screen import terminal
from viewers.web.access import Access, Memory
from viewers.web.app import application
from viewers.web.devices import DeviceFile
from viewers.web.guard import Door
from viewers.web.inviting import Inviter, Opener
from viewers.web.listeners import Listeners
from viewers.web.listening import BACKLOG, NEAR, listen, names, near, of_network, written
from viewers.web.live import Live
from viewers.web.looking import Looking
from viewers.web.page import Means
from viewers.web.quiet import hush
from viewers.web.render import address
from viewers.web.routes import Served
from viewers.web.tls import Certificate, certificate

GRACE_S = 1


class Wanted(NamedTuple):
    """What the command line asks for."""

    port: int
    host: str
    is_lan: bool = False
    is_tls: bool = False
    is_opened: bool | None = None
    """None: where there is a screen."""
    session: str | None = None
    no_start: bool = False


def run(wanted: Wanted, told: Told, desks: Callable[[str], Desk]) -> int:
    """Serve until a signal."""
    hosts = (NEAR, of_network(wanted.host)) if wanted.is_lan else (near(wanted.host),)
    home = homes.locate()
    ensure(home, is_wanted=not wanted.no_start)
    place = _place(home, wanted.session)
    # A history that may only be read is shown too; then who was let in is known until the end of this server.
    is_ours = not os.path.exists(home) or os.access(home, os.W_OK)
    if is_ours:
        homes.prepare(home)
    sealed = certificate(home, frozenset({"localhost", *hosts})) if wanted.is_tls else None
    scheme = "https" if sealed else "http"
    lines, port = listen(hosts, wanted.port)
    access = Access(time.time, DeviceFile(home) if is_ours else Memory(DeviceFile(home).all()))
    access.script_token = token(home, WEB) if is_ours else ""
    door = Door(scheme, names(hosts, port, scheme), f"fleetmeter-{port}")
    looking, listeners = Looking(desks), Listeners()
    urls = [f"{scheme}://{written(host)}:{port}" for host in hosts]
    live = Live(home, listeners, means=Means(told, looking))
    served = Served(home, door, access, listeners, live, told, looking, urls[-1] if wanted.is_lan else "")
    server = server_of(served, sealed)
    is_opened = _has_screen() if wanted.is_opened is None else wanted.is_opened
    opener = Opener(home, urls[0], place, access, is_opened=is_opened)
    inviter = Inviter(urls[-1], access, sealed.fingerprint if sealed else "")
    access.used = lambda device: (inviter if device.is_paired else opener).used(device)
    opener.start()
    if sealed:
        terminal.say(f"  fingerprint of its certificate, SHA-256: {sealed.fingerprint}")
    if wanted.is_lan:
        inviter.start()
    # uvicorn raises the signal again when it has ended, which then is no failure.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ended)
    try:
        server.run(sockets=lines)
    finally:
        opener.end()
        for line in lines:
            line.close()
    return 0


def _place(home: str, session: str | None) -> str:
    if session is None:
        return "/"
    with closing(open_reader(home)) as reader:
        session_keys(session, reader)  # a wrong name is told here
    return address(session)


class Ending(uvicorn.Server):
    """A server that ends its streams when it is told to end."""

    def __init__(self, config: uvicorn.Config, served: Served) -> None:
        super().__init__(config)
        self.served = served

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.served.live.end()
        self.served.listeners.end()
        super().handle_exit(sig, frame)


def server_of(served: Served, sealed: Certificate | None) -> uvicorn.Server:
    hush()
    return Ending(
        uvicorn.Config(
            application(served), http="h11", ws="none", lifespan="off", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=GRACE_S, backlog=BACKLOG,
            ssl_certfile=sealed.path if sealed else None, ssl_keyfile=sealed.path if sealed else None,
        ),
        served,
    )  # fmt: skip


def _ended(number: int, frame: object) -> None:
    """Nothing is left to do."""


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
