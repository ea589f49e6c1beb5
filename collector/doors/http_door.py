"""The collector's door for HTTP, on loopback alone: telemetry and hooks that agents post. It only keeps what it hears.

It has a thread of its own: an agent waits for the answer to a hook, and must not wait for a portion that is being
written. What comes is appended to a feed, as senders do themselves, so whoever is killed when, nothing is recorded
twice; and nothing that is sent here can disturb the recording, for the thread shares nothing with it.
"""

import contextlib
import hmac
import os
import selectors
import socket
import threading
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from collector.doors import otlp
from collector.doors.http_wire import CONTINUE, Reading, Refused, Request, answer, check_sender
from collector.doors.tcp_peer import peer_uid
from store import feed

LOOPBACK = "127.0.0.1"
MOST_CLIENTS = 64
PATIENCE_S, IDLE_S = 10.0, 120.0
HOOKS = "hooks"
TAKEN = (otlp.LOGS, otlp.METRICS, otlp.TRACES)


class Routes(NamedTuple):
    """Where what is sent belongs: replaced whole when the roots change."""

    roots: Mapping[str, tuple[str, ...]]
    """Agent → its roots, as they are known; the first is the one meant where nobody says which."""
    services: tuple[tuple[str, str], ...]
    """How the name of a service or scope begins → whose it is."""

    def root(self, agent: str, named: str) -> str | None:
        """The root that is named, if it is one: some senders decode what they were told to say, some do not."""
        known = self.roots.get(agent, ())
        names = (named, unquote(named), unquote(unquote(named)))
        return next((name for name in names if name in known), known[0] if known and not named else None)

    def agent(self, entry: otlp.Entry) -> str | None:
        for prefix, agent in self.services:
            if entry.service.startswith(prefix) or entry.scope.startswith(prefix):
                return agent
        return None


class _Client:
    """A connection, what of its request came, and how long it may take for the rest."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.reading = line, Reading()
        self.until = time.monotonic() + PATIENCE_S


class HttpDoor:
    """Listens from its making to `close`. port 0 takes any that is free."""

    def __init__(self, home: str, port: int, token: str, routes: Routes) -> None:
        self._home, self._token, self.routes = home, token, routes
        self.requests = self.refused = self.lost = 0
        """Whole requests; those that were refused; messages that could not be kept."""
        self._clients: dict[socket.socket, _Client] = {}
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((LOOPBACK, port))
            self._listener.listen(32)
        except OSError:
            self._listener.close()
            raise
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = os.pipe()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._work, name="http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._waker, b"\0")
        self._thread.join()
        for line in [*self._clients, self._listener]:
            line.close()
        self._selector.close()
        for end in (self._woken, self._waker):
            os.close(end)

    def _work(self) -> None:
        while True:
            for key, _ in self._selector.select(PATIENCE_S / 4 if self._clients else None):
                if key.fileobj is self._listener:
                    self._welcome()
                elif key.fileobj == self._woken:
                    return
                else:
                    self._hear(self._clients[key.fileobj])  # pyright: ignore[reportArgumentType] - only sockets else
            now = time.monotonic()
            for client in [client for client in self._clients.values() if client.until < now]:
                if not client.reading.is_empty:
                    self._say(client, answer(408, is_last=True))
                self._drop(client)

    def _welcome(self) -> None:
        try:
            line, (_, peer_port) = self._listener.accept()
        except OSError:
            return
        # Other users of the machine reach loopback too; where the kernel does not say whose end it is, it is let in.
        if len(self._clients) >= MOST_CLIENTS or peer_uid(self.port, peer_port) not in (os.geteuid(), None):
            line.close()
            return
        line.setblocking(False)
        self._clients[line] = _Client(line)
        self._selector.register(line, selectors.EVENT_READ)

    def _hear(self, client: _Client) -> None:
        try:
            part = client.line.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            self._drop(client)
            return
        if client.reading.is_empty:
            client.until = time.monotonic() + PATIENCE_S  # for all of the request, however it trickles
        client.reading.add(part)
        try:
            while (request := client.reading.next()) is not None:
                self.requests += 1
                if not self._say(client, self._reply(request)) or request.is_last:
                    self._drop(client)
                    return
        except Refused as error:
            self._refuse(client, error.status)
            return
        except Exception:  # noqa: BLE001 - foreign bytes; one connection must not end the thread
            self._refuse(client, 400)
            return
        if client.reading.is_empty:
            client.until = time.monotonic() + IDLE_S
        elif client.reading.wants_go_ahead:
            client.reading.wants_go_ahead = False
            self._say(client, CONTINUE)

    def _refuse(self, client: _Client, status: int) -> None:
        self.refused += 1
        self._say(client, answer(status, is_last=True))
        # Closed with bytes unread, the answer would be lost with them.
        with contextlib.suppress(OSError):
            client.line.shutdown(socket.SHUT_WR)
            for _ in range(80):
                if not client.line.recv(1 << 16):
                    break
        self._drop(client)

    def _say(self, client: _Client, words: bytes) -> bool:
        """Answers are short: who does not take one has gone."""
        try:
            return client.line.send(words) == len(words)
        except OSError:
            return False

    def _drop(self, client: _Client) -> None:
        del self._clients[client.line]
        self._selector.unregister(client.line)
        client.line.close()

    def _reply(self, request: Request) -> bytes:
        check_sender(request.headers)
        target, _, query = request.target.partition("?")
        if request.method != "POST":
            raise Refused(405 if target in TAKEN else 404)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if target.startswith(f"/{HOOKS}/"):
            if kind != otlp.JSON:
                raise Refused(415)
            self._keep_hook(target, query, request.body)
            return answer(200, is_last=request.is_last)  # any body at all would end up in the agent's transcript
        if target not in TAKEN:
            raise Refused(404)
        if kind not in (otlp.JSON, otlp.PROTOBUF):
            raise Refused(415)
        if target != otlp.TRACES and not self._keep_telemetry(request, target, kind):
            return answer(503, is_last=request.is_last)  # the sender keeps it, and tries again
        return answer(200, b"{}" if kind == otlp.JSON else b"", kind, is_last=request.is_last)

    def _keep_hook(self, target: str, query: str, body: bytes) -> None:
        parts = target.split("/")
        if len(parts) != 4 or not hmac.compare_digest(parts[3].encode(), self._token.encode()):
            raise Refused(403)
        root = self.routes.root(parts[2], parse_qs(query, max_num_fields=10).get("root", [""])[0])
        if root is None:
            raise Refused(404)
        folder = feed.tree(self._home, parts[2], root)
        if not feed.append(folder, feed.line("hook", body, feed.stamp(), 0)):
            self.lost += 1

    def _keep_telemetry(self, request: Request, target: str, kind: str) -> bool:
        """False where it is known whose it is, and it could not be kept."""
        named = request.headers.get("x-fleetmeter-root", "")
        at, kept = feed.stamp(), dict[str, list[bytes]]()
        for entry in otlp.entries(target, kind, request.body):
            agent = self.routes.agent(entry)
            root = agent and self.routes.root(agent, entry.root or named)
            if agent and root:
                folder = feed.tree(self._home, agent, root)
                kept.setdefault(folder, []).append(feed.line("telemetry", entry.body, at, 0))
        return all([self._append(folder, lines) for folder, lines in kept.items()])

    def _append(self, folder: str, lines: list[bytes]) -> bool:
        """In as few pieces as may be."""
        pieces = [bytearray()]
        for line in lines:
            if len(pieces[-1]) + len(line) > feed.MOST_LINE:
                pieces.append(bytearray())
            pieces[-1] += line
        kept = [feed.append(folder, bytes(piece)) for piece in pieces if piece]
        self.lost += kept.count(False)
        return all(kept)
