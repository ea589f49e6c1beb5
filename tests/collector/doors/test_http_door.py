"""The door for HTTP: what is sent is kept once and answered at once; what is broken or hostile harms nobody else."""

import gzip
import json
import os
import random
import socket
import stat
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import collector.doors.http_door as http_door
from collector.doors import otlp
from collector.doors.http_door import HttpDoor, Routes
from collector.doors.http_wire import MOST_BODY, Reading, Refused
from collector.doors.tcp_peer import peer_uid
from store import feed
from store.errors import FleetmeterError
from store.http_token import token
from tests.collector.doors.otlp_wire import answered, ask, chunked, export, part, protobuf, request
from tests.collector.published import CORPUS, needed

TOKEN = "t" * 32
ROUTES = Routes({"agent": ("/r/one", "/r/two")}, (("my-agent", "agent"),))
ROUTED = f"/hooks/agent/{TOKEN}"
GOOD = request("/v1/logs", export("hello", {"n": 1, "is": True, "d": 0.5}, "my-agent-cli"))
DUMPS = CORPUS / "real-clients" / "claude" / "otel" / "dumps"


@pytest.fixture
def door(home: Path) -> Iterator[HttpDoor]:
    opened = HttpDoor(str(home), 0, TOKEN, ROUTES)
    yield opened
    opened.close()


def kept(home: Path, root: str = "/r/one") -> list[dict[str, Any]]:
    folder = Path(feed.tree(str(home), "agent", root))
    return [json.loads(line) for file in folder.glob("*.feed") for line in file.read_bytes().splitlines()]


def test_what_is_sent_is_kept_and_answered(home: Path, door: HttpDoor) -> None:
    assert ask(door.port, GOOD) == (200, b"{}")
    (line,) = kept(home)
    assert line["from"] == "telemetry" and line["body"] == {
        "log": "hello", "attributes": {"n": 1, "is": True, "d": 0.5}, "ns": 1795217027438000000
    }  # fmt: skip
    (file,) = Path(feed.tree(str(home), "agent", "/r/one")).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_name_of_a_person_is_kept(home: Path, door: HttpDoor) -> None:
    event = {"user.email": "me@example.org", "user.id": "1", "organization.id": "2", "session.id": "s"}
    assert ask(door.port, request("/v1/logs", export("hello", event, "my-agent")))[0] == 200
    assert [line["body"]["attributes"] for line in kept(home)] == [{"session.id": "s"}]


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="only Linux says whose end of a connection it is")
def test_other_users_are_turned_away(home: Path, door: HttpDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_connection(("127.0.0.1", door.port)) as line:
        assert peer_uid(door.port, line.getsockname()[1]) == os.geteuid()
        assert peer_uid(line.getsockname()[1], door.port) in (os.geteuid(), 0)  # that of ours
        assert peer_uid(1, 1) is None
    monkeypatch.setattr(http_door, "peer_uid", lambda *_: os.geteuid() + 1)
    assert ask(door.port, GOOD)[0] == 0
    monkeypatch.setattr(http_door, "peer_uid", lambda *_: None)
    assert ask(door.port, GOOD)[0] == 200
    assert len(kept(home)) == 1


def test_the_root_is_the_one_that_is_named(home: Path, door: HttpDoor) -> None:
    body = export("hello", {}, "my-agent")
    assert ask(door.port, request("/v1/logs", body, "X-Fleetmeter-Root: %2Fr%2Ftwo"))[0] == 200
    assert ask(door.port, request("/v1/logs", body, "X-Fleetmeter-Root: /etc"))[0] == 200
    assert ask(door.port, request("/v1/logs", export("hello", {}, "a-stranger")))[0] == 200
    assert [len(kept(home)), len(kept(home, "/r/two")), len(list((home / "feed").rglob("*.feed")))] == [0, 1, 1]


def test_a_hook_is_answered_with_nothing(home: Path, door: HttpDoor) -> None:
    hook = b'{"session_id": "s",\n "hook_event_name": "Stop"}'
    assert ask(door.port, request(ROUTED, hook)) == (200, b"")
    assert ask(door.port, request(f"{ROUTED}?root=%2Fr%2Ftwo", hook)) == (200, b"")
    assert [line["from"] for line in kept(home) + kept(home, "/r/two")] == ["hook", "hook"]
    assert kept(home)[0]["body"] == {"session_id": "s", "hook_event_name": "Stop"}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (request("/v1/logs", b"{}", "Origin: http://127.0.0.1:4318"), 403),
        (request("/v1/logs", b"{}", host="evil.example"), 403),
        (request("/v1/logs", b"{}", host="127.0.0.1.evil.example"), 403),
        (request("/v1/logs", b"{}").replace(b"Host: 127.0.0.1:4318\r\n", b""), 403),
        (request("/hooks/agent/" + "u" * 32, b"{}"), 403),
        (request("/hooks/agent/", b"{}"), 403),
        (request(f"{ROUTED}/more", b"{}"), 403),
        (request(f"/hooks/stranger/{TOKEN}", b"{}"), 404),
        (request(f"{ROUTED}?root=/etc", b"{}"), 404),
        (request(ROUTED, b"{}", kind="text/plain"), 415),
        (request("/", b"{}"), 404),
        (request("/v1/logs", b"").replace(b"POST", b"GET"), 405),
        (request("/v1/logs", b"{}", kind="text/plain"), 415),
        (request("/v1/logs", b"{}", "Content-Encoding: br"), 415),
        (request("/v1/logs", b"{}", "Content-Encoding: gzip"), 400),
        (request("/v1/logs", gzip.compress(b"{}")[:-4], "Content-Encoding: gzip"), 400),
        (request("/v1/logs", gzip.compress(b" " * (MOST_BODY + 1)), "Content-Encoding: gzip"), 413),
        (request("/v1/logs", b"{"), 400),
        (request("/v1/logs", b"[1]"), 400),
        (request("/v1/logs", b"[" * 100_000), 400),
        (request("/v1/logs", b"\xff\xff\xff", kind="application/x-protobuf"), 400),
        (request("/v1/logs", b"{}", "Content-Length: 3"), 400),
        (request("/v1/logs", b"{}").replace(b"Content-Length: 2", b"Content-Length: -2"), 400),
        (request("/v1/logs", b"{}").replace(b"Content-Length: 2", b"Content-Length: 99999999"), 413),
        (request("/v1/logs", b"zz\r\n", "Transfer-Encoding: chunked"), 400),
        (request("/v1/logs", b"ffffffff\r\n", "Transfer-Encoding: chunked"), 413),
        (request("/v1/logs", b"2\r\n{}xx", "Transfer-Encoding: chunked"), 400),
        (request("/v1/logs", b"0" * 200, "Transfer-Encoding: chunked"), 400),
        (request("/v1/logs", b"{}", "Transfer-Encoding: gzip, chunked"), 501),
        (b"POST /v1/logs HTTP/3\r\nHost: localhost\r\n\r\n", 400),
        (b"\x16\x03\x01 a TLS hello, perhaps", 400),
        (b"POST /v1/logs HTTP/1.1\r\nbroken header\r\n\r\n", 400),
        (b"POST /" + b"x" * 20_000, 431),
    ],
)  # fmt: skip
def test_what_is_broken_or_hostile_is_refused_alone(words: bytes, status: int, home: Path, door: HttpDoor) -> None:
    assert ask(door.port, words)[0] == status
    assert not list(home.rglob("*.feed"))
    assert ask(door.port, GOOD)[0] == 200
    assert len(kept(home)) == 1


def test_any_cut_of_the_bytes_gives_the_same_requests() -> None:
    body = export("hello", {"text": "é" * 50}, "my-agent")
    words = (
        GOOD
        + request("/v1/logs", chunked(body, 17), "Transfer-Encoding: chunked")
        + request("/v1/logs", gzip.compress(body), "Content-Encoding: gzip")
        + request("/v1/logs", zlib.compress(body), "Content-Encoding: deflate")
        + b"\r\n"
        + request("/v1/logs", body)
    )
    for seed in range(40):
        rng, reading, place = random.Random(seed), Reading(), 0
        bodies: list[bytes] = []
        while place < len(words):
            size = rng.choice((1, 2, 5, 60, 4000))
            reading.add(words[place : place + size])
            place += size
            while (found := reading.next()) is not None:
                bodies.append(found.body)
        assert bodies[1:] == [body] * 4 and reading.is_empty


def test_whatever_bytes_come_are_refused_or_waited_for() -> None:
    rng = random.Random(7)
    for _ in range(300):
        words = bytearray(request("/v1/logs", chunked(b"{}" * 20, 5), "Transfer-Encoding: chunked"))
        for _ in range(rng.randrange(1, 6)):
            words[rng.randrange(len(words))] = rng.randrange(256)
        reading = Reading()
        reading.add(bytes(words))
        try:
            found = reading.next()
        except Refused as error:
            assert 400 <= error.status <= 501
        else:
            assert found is None or found.method


def test_a_connection_stays_for_many_requests(home: Path, door: HttpDoor) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as line:
        found = line.makefile("rb")
        line.sendall(GOOD + GOOD)
        assert [answered(found)[0], answered(found)[0]] == [200, 200]
        line.sendall(request("/v1/logs", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 2"))
        assert answered(found) == (100, b"")
        line.sendall(b"{}")
        assert answered(found)[0] == 200
        line.sendall(request("/v1/traces", b"anything", "Connection: close"))
        assert (answered(found)[0], found.read()) == (200, b"")
    assert len(kept(home)) == 2


@pytest.mark.timed
def test_who_is_slow_is_shown_out_and_holds_nobody_up(
    home: Path, door: HttpDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_door, "PATIENCE_S", 0.2)
    slow = [socket.create_connection(("127.0.0.1", door.port), timeout=10) for _ in range(20)]
    for line in slow:
        line.sendall(GOOD[:40])
    began = time.monotonic()
    assert ask(door.port, GOOD)[0] == 200
    assert time.monotonic() - began < 8
    assert {answered(line.makefile("rb"))[0] for line in slow} == {408}
    for line in slow:
        line.close()


def test_of_too_many_at_once_the_last_are_turned_away(door: HttpDoor) -> None:
    lines = [socket.create_connection(("127.0.0.1", door.port), timeout=10) for _ in range(http_door.MOST_CLIENTS)]
    assert ask(door.port, GOOD)[0] == 0
    for line in lines:
        line.close()
    deadline = time.monotonic() + 10
    while ask(door.port, GOOD)[0] != 200:
        assert time.monotonic() < deadline


def test_what_cannot_be_kept_is_sent_again(home: Path, door: HttpDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_FOLDER", 10)
    assert ask(door.port, GOOD)[0] == 503
    assert ask(door.port, request(ROUTED, b"{}")) == (200, b"")  # an agent could do nothing about it
    assert (door.lost, door.requests) == (2, 2)


def test_a_large_export_is_kept_whole(home: Path, door: HttpDoor) -> None:
    one = json.loads(export("hello", {"text": "x" * 1500}, "my-agent"))
    one["resourceLogs"][0]["scopeLogs"][0]["logRecords"] *= 1500
    assert ask(door.port, request("/v1/logs", json.dumps(one).encode()))[0] == 200
    assert len(kept(home)) == 1500


@needed
@pytest.mark.parametrize("name", ["otel_logs", "otel_metrics"])
def test_protocol_buffers_say_the_same_as_json(name: str) -> None:
    for line in (DUMPS / f"{name}.jsonl").read_bytes().splitlines():
        sent = json.loads(line)
        read = otlp.entries(sent["path"], otlp.PROTOBUF, protobuf(sent["body"]))
        said = otlp.entries(sent["path"], otlp.JSON, json.dumps(sent["body"]).encode())
        assert read and read == said
        assert {(entry.service, entry.scope[:25]) for entry in read} == {("claude-code", "com.anthropic.claude_code")}


@needed
def test_broken_protocol_buffers_are_an_error_and_nothing_else() -> None:
    rng = random.Random(3)
    whole = protobuf(json.loads((DUMPS / "otel_logs.jsonl").read_bytes().splitlines()[0])["body"])
    for _ in range(300):
        words = bytearray(whole[: rng.randrange(len(whole))])
        for _ in range(3):
            words[rng.randrange(len(words) or 1) : 0] = bytes([rng.randrange(256)])
        try:
            otlp.entries(otlp.LOGS, otlp.PROTOBUF, bytes(words))
        except ValueError:
            continue
    deep = b""
    for _ in range(200):
        deep = part(5, part(1, deep))
    with pytest.raises(ValueError, match="deep"):
        otlp.entries(otlp.LOGS, otlp.PROTOBUF, part(1, part(1, part(1, part(2, deep)))))


def test_the_token_is_made_once_and_is_the_owners(home: Path) -> None:
    first = token(home)
    assert token(home) == first and len(first) == 32
    assert stat.S_IMODE(os.stat(home / "http.token").st_mode) == 0o600
    (home / "http.token").write_text("")
    with pytest.raises(FleetmeterError, match="holds no token"):
        token(home)
