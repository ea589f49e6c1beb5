"""Asks vendors how much of a plan is used, only where the configuration says so; what they answer goes into the feed.

Each account is asked at least three minutes apart, across restarts too, and less and less often while that fails. A
thread of its own waits for the answers. What is told of a failure is its kind: never a word of a request or an answer.
"""

import os
import time
from http.client import HTTPException
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener
from zlib import crc32

from collector.files.discover import Root
from collector.sources import Metered, Question
from store import feed
from store import home as homes
from store.config import Config
from store.limit_config import LEAST_S, Limits

WAIT_S = 20.0
MOST_BYTES = 1 << 18
SLOWEST_S = 3600.0
STAMP = "asked-"

NOT_YET, ANSWERED, RATE_LIMITED, FAILED = "not polled yet", "answered", "rate limited", "failed"


class Asked:
    """One account: how asking it went, and when it may be asked again."""

    def __init__(self, place: Root) -> None:
        self.place, self.state = place, NOT_YET
        self.at_s, self.next_s, self.failures = 0.0, 0.0, 0

    def document(self) -> dict[str, Any]:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.at_s)) if self.at_s else None
        return {"agent": self.place.source.agent, "root": self.place.path, "state": self.state, "at": at}


class Plan:
    """All accounts that may be asked; none where nobody said so."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._asked: dict[str, Asked] = {}
        self._thread: Thread | None = None

    def tend(self, config: Config, places: list[Root]) -> None:
        """Ask whoever is due, behind; called every few seconds."""
        limits = config.limits
        wanted = {place.path: place for place in places if place.trees and isinstance(place.source, Metered)}
        if not limits.ask:
            self._asked = {}
            return
        if self._asked.keys() != wanted.keys():
            self._asked = {path: self._asked.get(path) or Asked(place) for path, place in wanted.items()}
        if self._thread is None or not self._thread.is_alive():
            now_s = time.time()
            due = [own for own in self._asked.values() if now_s >= own.next_s]
            if due:
                self._thread = Thread(target=self._ask, args=(due, limits), daemon=True)
                self._thread.start()

    def document(self) -> list[dict[str, Any]]:
        """What `status` says of it."""
        return [own.document() for own in self._asked.values()]

    def _ask(self, due: list[Asked], limits: Limits) -> None:
        for own in due:
            ask(self._home, own, limits, time.time())


def ask(home: str, own: Asked, limits: Limits, now_s: float) -> None:
    """Ask one account, unless it was asked a moment ago; and say when it may be asked again."""
    source = own.place.source
    assert isinstance(source, Metered)
    told = source.question(own.place.path, now_s)
    if isinstance(told, str):  # nobody was asked
        own.state, own.next_s = told, now_s + limits.every_s
        return
    waited = now_s - _stamped(home, own)
    if 0 <= waited < LEAST_S:
        own.next_s = now_s + LEAST_S - waited
        return
    _stamp(home, own, now_s)
    own.state, retry_s, body = answered(told)
    own.at_s, own.failures = now_s, 0 if own.state == ANSWERED else own.failures + 1
    own.next_s = now_s + max(retry_s, min(limits.every_s * 2**own.failures, max(SLOWEST_S, limits.every_s)))
    if body:
        folder = feed.tree(home, source.agent, own.place.path)
        feed.append(folder, feed.line("asked", body, feed.stamp(), 0))


def answered(question: Question) -> tuple[str, float, bytes]:
    """The state, how long the vendor wants to be left alone, and what it answered."""
    try:
        with build_opener(_Stay).open(Request(question.url, headers=dict(question.headers)), timeout=WAIT_S) as answer:
            body = answer.read(MOST_BYTES + 1)
    except HTTPError as error:
        error.close()
        wait = error.headers.get("Retry-After", "")
        retry_s = min(float(wait), 86_400.0) if wait.isascii() and wait.isdecimal() and len(wait) < 9 else 0.0
        state = {401: "token expired", 429: RATE_LIMITED}.get(error.code, FAILED)
        return state, retry_s, b""
    except (OSError, HTTPException, ValueError):
        return FAILED, 0.0, b""
    # Whoever answers with the secret, by mistake or by design, is not written down.
    if len(body) > MOST_BYTES or question.secret.encode() in body or not question.is_answer(body):
        return FAILED, 0.0, b""
    return ANSWERED, 0.0, body


class _Stay(HTTPRedirectHandler):
    """A secret goes to the one address that it is for."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _path(home: str, own: Asked) -> str:
    return os.path.join(home, f"{STAMP}{own.place.source.agent}-{crc32(os.fsencode(own.place.path)):08x}")


def _stamped(home: str, own: Asked) -> float:
    """When it was last asked, by this collector or one before."""
    try:
        return os.stat(_path(home, own)).st_mtime
    except OSError:
        return 0.0


def _stamp(home: str, own: Asked, now_s: float) -> None:
    path = _path(home, own)
    if not os.path.exists(path):
        os.close(homes.create_private(path))
    os.utime(path, (now_s, now_s))
