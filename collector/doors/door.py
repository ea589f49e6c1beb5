"""The collector's door: a Unix socket in the data folder. One line of JSON in, one line out, from our own user only.

Whatever else comes (no JSON, too much, too slowly, too many at once) gets an error or is closed.
"""

import json
import os
import selectors
import socket
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from store import ask
from store.errors import FleetmeterError
from store.lock import holder

MOST_CLIENTS = 64
MOST_BYTES = 1 << 20
"""Of one message."""
MOST_HELD = 16 << 20
"""Of all that have come in part."""
PATIENCE_S = 10.0

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Door:
    """Listens while the collector runs. Who opens it holds the writer's lock: an older socket is a dead one's."""

    def __init__(self, home: str, selector: selectors.BaseSelector, answer: Answer) -> None:
        refuse(home)
        self._selector, self._answer = selector, answer
        self._clients: dict[socket.socket, tuple[bytearray, float]] = {}
        self._path = os.path.join(home, ask.NAME)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with suppress(FileNotFoundError):
            os.unlink(self._path)
        before = os.umask(0o177)
        try:
            with ask.address(home) as address:
                self._listener.bind(address)
        finally:
            os.umask(before)
        self._listener.setblocking(False)
        self._listener.listen(MOST_CLIENTS)
        selector.register(self._listener, selectors.EVENT_READ, self._welcome)

    def close(self) -> None:
        for client in list(self._clients):
            self._drop(client)
        self._selector.unregister(self._listener)
        self._listener.close()
        with suppress(OSError):
            os.unlink(self._path)

    def sweep(self) -> None:
        """Show out whoever says nothing."""
        now = time.monotonic()
        for client in [client for client, (_, until) in self._clients.items() if until < now]:
            self._drop(client)

    def _welcome(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        if len(self._clients) >= MOST_CLIENTS or peer_uid(client) != os.geteuid():
            client.close()
            return
        client.setblocking(False)
        self._clients[client] = bytearray(), time.monotonic() + PATIENCE_S
        self._selector.register(client, selectors.EVENT_READ, lambda: self._hear(client))

    def _hear(self, client: socket.socket) -> None:
        words = self._clients[client][0]
        try:
            part = client.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        words += part
        if b"\n" in words[:MOST_BYTES]:
            with suppress(OSError):
                client.sendall(self._reply(bytes(words.partition(b"\n")[0])) + b"\n")
        elif part and len(words) <= MOST_BYTES and self._held() <= MOST_HELD:
            return
        self._drop(client)

    def _reply(self, line: bytes) -> bytes:
        try:
            asked: Any = json.loads(line)
        except (ValueError, RecursionError):
            asked = None
        try:
            reply = (
                self._answer(cast("dict[str, Any]", asked)) if isinstance(asked, dict) else {"error": "not a question"}
            )
        except Exception as error:  # noqa: BLE001 - a question must never end the recording
            reply = {"error": type(error).__name__}
        return json.dumps(reply).encode()

    def _held(self) -> int:
        return sum(len(words) for words, _ in self._clients.values())

    def _drop(self, client: socket.socket) -> None:
        del self._clients[client]
        self._selector.unregister(client)
        client.close()


def refuse(home: str) -> None:
    """A folder that others could have put there, or may look into, is none for a socket; nor without the lock."""
    found = os.lstat(home)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise FleetmeterError(
            f"{home} is not a folder of your own, closed to others: no socket is made there",
            hint="set FLEETMETER_HOME to the folder itself, not to a link to it, and `chmod 700` it",
        )
    held = holder(home)
    if held is None or held.pid != os.getpid():
        raise FleetmeterError("only who holds the lock of a data folder may open its door")


def peer_uid(client: socket.socket) -> int:
    """Who is on the other side, as the kernel says."""
    if hasattr(socket, "SO_PEERCRED"):
        credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return struct.unpack("3i", credentials)[1]
    # Of other systems: LOCAL_PEERCRED gives a version and the uid first.
    return struct.unpack("2I", client.getsockopt(0, 1, 8))[1]
