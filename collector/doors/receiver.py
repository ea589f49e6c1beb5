"""When the door for HTTP is open, and whose words are taken there: as the configuration says, whenever it changes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from collector.doors.http_door import LOOPBACK, HttpDoor, Routes
from collector.files.discover import Root
from collector.sources import Reporting
from store import feed
from store.config import Config
from store.errors import FleetmeterError
from store.http_token import token


class Receiver:
    """The door, or why there is none. A port that somebody else has is tried again, and told of once."""

    def __init__(self, home: str, tell: Callable[[str], None]) -> None:
        self._home, self._tell = home, tell
        self._door: HttpDoor | None = None
        self._places: list[Root] | None = None
        self._port: int | None = None
        self._problem = ""

    def tend(self, config: Config, places: list[Root]) -> None:
        """Open or close it, as is wanted now."""
        port = config.telemetry.port
        if self._door is not None and port != self._port:
            self.close()
        if self._door is not None and places is not self._places:
            self._door.routes = routes(places)
        if port is not None and self._door is None:
            self._open(port, places)
        self._places, self._port = places, port

    def close(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    def document(self) -> dict[str, Any]:
        """What `status` says of it."""
        door = self._door
        if door is None:
            return {"port": None, "problem": self._problem or None}
        return {"port": door.port, "requests": door.requests, "refused": door.refused, "lost": door.lost}

    def _open(self, port: int, places: list[Root]) -> None:
        try:
            self._door = HttpDoor(self._home, port, token(self._home), routes(places))
            self._problem = ""
            _prepare(self._home, places)
        except (OSError, FleetmeterError) as error:
            problem = f"port {port} of {LOOPBACK} cannot be listened on: {error}"
            if problem != self._problem:
                self._tell(problem)
            self._problem = problem


def _prepare(home: str, places: list[Root]) -> None:
    """The folders, before anything comes: so they are watched by then, and it is recorded in a moment."""
    for place in places:
        if place.trees and isinstance(place.source, Reporting):
            with suppress(OSError):
                feed.make(feed.tree(home, place.source.agent, place.path))


def routes(places: list[Root]) -> Routes:
    """The roots that are there before those that are not."""
    roots: dict[str, list[str]] = {}
    for place in sorted(places, key=lambda place: not place.trees):
        roots.setdefault(place.source.agent, []).append(place.path)
    services = {
        (prefix, place.source.agent)
        for place in places
        if isinstance(place.source, Reporting)
        for prefix in place.source.services
    }
    return Routes({agent: tuple(paths) for agent, paths in roots.items()}, tuple(sorted(services)))
