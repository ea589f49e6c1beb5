"""The feed of events: what `watch` tells, chosen by words, and gone on with where a reader broke off."""

import asyncio
import contextlib
import json
import sqlite3
from collections import deque
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.viewers.conftest import SESSION
from tests.viewers.web.site import COOKIE, HOST, Site
from viewers.web.feed import Feed, Happened
from viewers.web.listeners import Listeners

WAIT_S = 60
"""A machine that does other things too may take so long; what never comes takes for ever."""


class Reader:
    """Reads the feed as a browser's own EventSource does."""

    def __init__(self, site: Site, query: str = "", last: str = "") -> None:
        self.site, self.query, self.last = site, query, last
        self.said = b""
        self.status = 0

    async def __aenter__(self) -> Self:
        headers = [(b"host", HOST.encode()), (b"cookie", f"{COOKIE}={self.site.token}".encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/api/events", "raw_path": b"/api/events", "query_string": self.query.encode(), "root_path": "",
            "headers": [*headers, (b"last-event-id", self.last.encode())], "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8377), "state": {},
        }  # fmt: skip
        self.task = asyncio.create_task(self.site.app(scope, self._receive, self._send))
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def _receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.said += message.get("body", b"")

    @property
    def messages(self) -> list[dict[str, str]]:
        """All that are whole, but comments."""
        blocks = self.said.decode().split("\r\n\r\n")[:-1]
        found = [dict(row.split(": ", 1) for row in block.split("\r\n") if row[:1] != ":") for block in blocks]
        return [one for one in found if one]

    @property
    def events(self) -> list[tuple[str, Any]]:
        """Those without a name, each with its id."""
        return [(one["id"], json.loads(one["data"])) for one in self.messages if "data" in one and "event" not in one]

    @property
    def texts(self) -> list[str]:
        return [event["text"] for _, event in self.events if event["kind"] == "prompt"]

    async def until(self, *texts: str) -> None:
        """Until it heard these prompts, or with none: until it is there."""
        async with asyncio.timeout(WAIT_S):
            while not (set(texts) <= set(self.texts) and self.messages):
                assert not self.task.done(), self.said
                await asyncio.sleep(0.005)


def say(home: Path, *texts: str) -> None:
    """Somebody asks something in the session, now."""
    with closing(sqlite3.connect(home / "fleetmeter.db", timeout=WAIT_S)) as database, database:
        for text in texts:
            at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            database.execute(
                "insert into prompt (prompt_id, session_key, run_key, at, kind, text, chars, images, is_branch,"
                " generation_id, byte_offset) select ?, session_key, run_key, ?, 'prompt', ?, 1, 0, 0, 1, 1 from run",
                (f"p-{text}", at, text),
            )
            database.execute("update session set last_at = ?", (at,))


def test_a_reader_that_comes_back_misses_nothing_and_hears_nothing_twice(recorded: Path) -> None:
    site = Site(recorded)

    async def run() -> None:
        async with Reader(site) as steady:
            await steady.until()
            async with Reader(site) as first:
                await first.until()
                say(recorded, "one", "two")
                await first.until("one", "two")
                last = next(id_ for id_, event in first.events if event["text"] == "one")
            say(recorded, "three")
            await steady.until("three")
            async with Reader(site, last=last) as second:
                say(recorded, "four")
                await second.until("four")
                await steady.until("four")
                known = [id_ for id_, _ in steady.events]
                assert second.events == steady.events[known.index(last) + 1 :]
                assert second.texts == ["two", "three", "four"]
                assert "gap" not in {one.get("event") for one in second.messages}

    asyncio.run(run())


def test_a_reader_hears_only_what_it_asked_for(recorded: Path) -> None:
    site = Site(recorded)
    wanted = ("session=5f3c&kind=prompt,tool", "agent=claude", "project=app&kind=prompt")

    async def run() -> None:
        async with contextlib.AsyncExitStack() as held:
            readers = [await held.enter_async_context(Reader(site, query)) for query in (*wanted, "kind=compaction")]
            for reader in readers:
                await reader.until()
            say(recorded, "one", "two")
            for reader in readers[:-1]:
                await reader.until("one", "two")
            assert {event["kind"] for _, event in readers[0].events} == {"prompt"}
            assert {event["sessionId"] for _, event in readers[1].events} == {SESSION}
            assert readers[3].events == []

    asyncio.run(run())


@pytest.mark.parametrize(
    "query", ["kind=promt", "agent=x", "session=x", "project=x", "since=now", "kind=tool&kind=state"]
)
def test_a_word_that_is_not_understood_is_an_error_and_no_empty_stream(site: Site, query: str) -> None:
    reply = site.ask("GET", f"/api/events?{query}")
    assert reply.status == 400
    assert set(reply.json()) == {"error", "hint"}


def test_of_an_id_that_is_not_known_it_is_said_that_something_is_missing(recorded: Path) -> None:
    async def run(last: str) -> list[dict[str, str]]:
        async with Reader(Site(recorded), last=last) as reader:
            await reader.until()
            return reader.messages

    for last in ("0badcafe-7", "nonsense", "-1", "9" * 40):
        (told,) = asyncio.run(run(last))
        assert told["event"] == "gap" and json.loads(told["data"])["missed"] is None
        assert told["id"].endswith("-0")
    (begun,) = asyncio.run(run(""))
    assert set(begun) == {"id"}


def test_what_is_kept_is_bounded_and_what_is_gone_is_counted() -> None:
    feed = Feed("", Listeners())
    feed.kept, feed.number = deque((Happened(n, 1, "a", None, "state", "") for n in range(7, 11)), maxlen=4), 10
    found, missed = feed._after(3)  # pyright: ignore[reportPrivateUsage] - the sum of what a stream tells
    assert ([one.number for one in found], missed) == ([7, 8, 9, 10], 3)
    assert feed._after(8) == (list(feed.kept)[2:], 0)  # pyright: ignore[reportPrivateUsage] - as above
    assert feed._after(10) == ([], 0)  # pyright: ignore[reportPrivateUsage] - as above


def test_a_feed_begins_before_anything_is_recorded(tmp_path: Path) -> None:
    async def run() -> None:
        async with Reader(Site(tmp_path / "nothing")) as reader:
            await reader.until()
            assert [one["event"] for one in reader.messages] == ["trouble"]
            assert "fleetmeter" in json.loads(reader.messages[0]["data"])["hint"]

    asyncio.run(run())
