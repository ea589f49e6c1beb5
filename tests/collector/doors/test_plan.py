"""Plan limits that are asked for, or that a stream tells: only if the user said so, seldom, and no secret is left."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collector.doors import plan
from collector.doors.plan import Asked, Plan, ask
from collector.files.discover import Root
from collector.sources import claude_asked
from collector.sources.claude import SOURCE
from store import feed
from store.config import Config, load
from store.errors import FleetmeterError
from store.limit_config import Limits
from tests.collector.lines.test_feed import EMIT
from tests.collector.recorded import record, rows

CANARY = "sk-canary-5d41402abc4b2a76"
ANSWER: dict[str, Any] = {
    "five_hour": {"utilization": 42.0, "resets_at": "2026-11-20T17:00:00.123456+00:00"},
    "seven_day": {"utilization": 8, "resets_at": "2026-11-24T00:00:00Z"},
    "seven_day_opus": None,
    "seven_day_sonnet": {"utilization": 3.5, "resets_at": None},
    "iguana_necktie": None,
    "extra_usage": {"is_enabled": True, "monthly_limit": 5000, "used_credits": 1234, "utilization": 24.68},
    "limits": [
        {"kind": "weekly_scoped", "percent": 33, "resets_at": "2026-11-24T00:00:00Z",
         "scope": {"model": {"display_name": "Fable"}}},
        {"kind": "weekly_all", "percent": 8}, None, {"percent": "x"},
    ],
}  # fmt: skip
READINGS = "select source, span, used_percent, window_minutes, substr(resets_at, 1, 19) from limits order by span"
ON = Limits(ask=True)


class Endpoint(ThreadingHTTPServer):
    """A vendor on loopback: what it answers, and what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.headers, self.body = 200, dict[str, str](), json.dumps(ANSWER).encode()
        self.asked: list[tuple[str, dict[str, str]]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        own = self.server
        assert isinstance(own, Endpoint)
        own.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(own.status)
        for name, value in own.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(own.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to say."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with Endpoint() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(claude_asked, "URL", f"http://127.0.0.1:{server.server_address[1]}/usage")
        yield server
        server.shutdown()


@pytest.fixture
def root(user: Path) -> Path:
    """An account that is logged in."""
    folder = user / ".claude"
    log_in(folder, time.time() + 1e6)
    return folder


def log_in(folder: Path, expires_s: float) -> None:
    login = {"accessToken": CANARY, "refreshToken": f"{CANARY}-r", "expiresAt": int(expires_s * 1000)}
    (folder / ".credentials.json").write_text(json.dumps({"claudeAiOauth": login}))


def place(root: Path) -> Root:
    return Root(SOURCE, str(root), ".claude", (str(root / "projects"),), ())


def test_nobody_is_asked_unless_the_user_says_so(root: Path, home: Path, endpoint: Endpoint) -> None:
    own = Plan(str(home))
    own.tend(Config({}, {}, {}, None), [place(root)])
    assert (own.document(), endpoint.asked) == ([], [])
    assert load(home).limits == Limits(ask=False, every_s=300)


def test_an_answer_becomes_readings_through_the_feed(root: Path, home: Path, user: Path, endpoint: Endpoint) -> None:
    own = Plan(str(home))
    own.tend(Config({}, {}, {}, None, limits=ON), [place(root)])
    assert own.document()[0]["state"] in (plan.NOT_YET, plan.ANSWERED)
    deadline = time.monotonic() + 10
    while own.document()[0]["state"] == plan.NOT_YET and time.monotonic() < deadline:
        time.sleep(0.01)
    assert own.document()[0]["state"] == plan.ANSWERED
    path, headers = endpoint.asked[0]
    assert path == "/usage" and headers["authorization"] == f"Bearer {CANARY}"
    own.tend(Config({}, {}, {}, None, limits=ON), [place(root)])  # not due
    record(home, user)
    assert rows(home, READINGS) == [
        ("asked", "extra_usage", 24.68, None, None),
        ("asked", "five_hour", 42.0, 300, "2026-11-20T17:00:00"),
        ("asked", "seven_day", 8.0, 10_080, "2026-11-24T00:00:00"),
        ("asked", "seven_day_fable", 33.0, 10_080, "2026-11-24T00:00:00"),
        ("asked", "seven_day_sonnet", 3.5, 10_080, None),
    ]
    assert len(endpoint.asked) == 1
    money = "select used_percent, spent_usd, most_usd from limits where spent_usd is not null"
    assert rows(home, money) == [(24.68, 12.34, 50.0)]


@pytest.mark.parametrize(
    ("status", "headers", "body", "state", "waits"),
    [
        (429, {}, b"{}", plan.RATE_LIMITED, 600),
        (429, {"Retry-After": "4000"}, b"{}", plan.RATE_LIMITED, 4000),
        (429, {"Retry-After": "soon"}, b"{}", plan.RATE_LIMITED, 600),
        (401, {}, b"{}", "token expired", 600),
        (500, {}, b"", plan.FAILED, 600),
        (302, {"Location": "/elsewhere"}, b"", plan.FAILED, 600),
        (200, {}, b'{"type": "error", "error": {"type": "rate_limit_error"}}', plan.FAILED, 600),
        (200, {}, b"no json", plan.FAILED, 600),
        (200, {}, b"[1]", plan.FAILED, 600),
        (200, {}, b'{"five_hour": {"utilization": 1}, "x": "' + b"x" * plan.MOST_BYTES + b'"}', plan.FAILED, 600),
    ],
)
def test_whatever_goes_wrong_is_a_state_and_asked_more_seldom(
    status: int, headers: dict[str, str], body: bytes, state: str, waits: int, root: Path, home: Path, user: Path,
    endpoint: Endpoint,
) -> None:  # fmt: skip
    endpoint.status, endpoint.headers, endpoint.body = status, headers, body
    own, now_s = Asked(place(root)), time.time()
    ask(str(home), own, ON, now_s)
    assert (own.state, own.next_s - now_s, len(endpoint.asked)) == (state, waits, 1)
    record(home, user)
    assert rows(home, READINGS) == [] and rows(home, "select reason from rejects") == []
    ask(str(home), own, ON, own.next_s)
    assert own.next_s - now_s >= waits + 1200  # twice as long the second time
    endpoint.status, endpoint.headers, endpoint.body = 200, {}, json.dumps(ANSWER).encode()
    now_s = own.next_s
    ask(str(home), own, ON, now_s)
    assert (own.state, own.next_s - now_s) == (plan.ANSWERED, 300)


def test_without_a_login_nobody_is_asked(root: Path, home: Path, endpoint: Endpoint) -> None:
    own, now_s = Asked(place(root)), time.time()
    assert own.state == plan.NOT_YET
    log_in(root, now_s - 1)
    ask(str(home), own, ON, now_s)
    assert own.state == "token expired"
    for content in ("", "{", "[]", "{}", '{"claudeAiOauth": {"accessToken": "a\\nb"}}', '{"claudeAiOauth": {}}'):
        (root / ".credentials.json").write_text(content)
        ask(str(home), own, ON, now_s)
        assert own.state == "credentials missing", content
    (root / ".credentials.json").unlink()
    ask(str(home), own, ON, now_s)
    assert (own.state, endpoint.asked) == ("credentials missing", [])


def test_a_collector_that_is_started_again_asks_no_sooner(root: Path, home: Path, endpoint: Endpoint) -> None:
    now_s = time.time()
    for seconds in (0, 5, 100, 179):
        ask(str(home), Asked(place(root)), ON, now_s + seconds)  # it knows nothing of the one before
    assert len(endpoint.asked) == 1
    ask(str(home), Asked(place(root)), ON, now_s + 180)
    assert len(endpoint.asked) == 2


def found(canary: str, *folders: Path) -> list[str]:
    """Where it stands: in names of files, and in what they hold."""
    files = [path for folder in folders for path in folder.rglob("*")]
    holding = [path for path in files if path.is_file() and canary.encode() in path.read_bytes()]
    return [str(path) for path in (*holding, *(path for path in files if canary in path.name))]


def spilled(root: Path, home: Path, user: Path, endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Where the token is found after answers, failures, and a vendor that says it back."""
    caplog.set_level(logging.DEBUG)
    own, now_s = Asked(place(root)), time.time()
    answers = [(200, ANSWER), (200, ANSWER | {"echo": CANARY}), (429, {"error": CANARY}), (500, CANARY), (302, CANARY)]
    for number, (status, body) in enumerate(answers):
        endpoint.status, endpoint.headers = status, {"Location": f"/x?t={CANARY}"} if status == 302 else {}
        endpoint.body = json.dumps(body).encode()
        ask(str(home), own, ON, now_s + number * 10_000)
    record(home, user)
    told = [own.state, json.dumps(own.document()), caplog.text, *sys.argv, *(path for path, _ in endpoint.asked)]
    assert len(endpoint.asked) == len(answers)
    assert len({name for name, _ in rows(home, "select span, 1 from limits")}) == 5  # the first of them was kept
    return found(CANARY, home) + [text for text in told if CANARY in text]


@pytest.mark.promise("V13", "O4")
def test_V13_O4_the_token_is_in_no_file_log_word_or_address(
    root: Path, home: Path, user: Path, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    before = (root / ".credentials.json").stat()
    assert spilled(root, home, user, endpoint, caplog) == []
    after = (root / ".credentials.json").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)  # nor was it written to


@pytest.mark.mutant("V13", "O4")
def test_V13_O4_a_token_that_is_answered_and_kept_is_seen(
    root: Path, home: Path, user: Path, endpoint: Endpoint, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    real = claude_asked.question

    def careless(root: str, now_s: float) -> Any:
        told = real(root, now_s)
        return told if isinstance(told, str) else told._replace(secret="another")

    monkeypatch.setattr(claude_asked, "question", careless)
    assert any(feed.FOLDER in place for place in spilled(root, home, user, endpoint, caplog))


def test_a_stream_of_a_headless_run_tells_its_limits_and_nothing_else_is_kept(home: Path, user: Path) -> None:
    root = user / ".claude"
    events = [
        {"type": "system", "subtype": "init", "session_id": "s"},
        {"type": "rate_limit_event", "rate_limit_info": {"status": "allowed_warning", "resetsAt": 1795215600,
         "rateLimitType": "five_hour", "utilization": 0.87}},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "canary of a text " * 90_000}]}},
        {"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 1795215600,
         "rateLimitType": "seven_day_opus"}},
        {"type": "rate_limit_event", "rate_limit_info": {"status": "allowed", "rateLimitType": "seven_day"}},
        {"type": "rate_limit_event", "rate_limit_info": {"rateLimitType": "overage", "utilization": 0.1}},
        {"type": "result", "result": "canary"},
    ]  # fmt: skip
    body = b"\n".join(json.dumps(event).encode() for event in events)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(EMIT), "claude", str(root), "stream"], input=body, capture_output=True,
        env={"HOME": str(home.parent), "FLEETMETER_HOME": str(home)}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    record(home, user)
    assert rows(home, READINGS) == [
        ("stream", "extra_usage", 10.0, None, None),
        ("stream", "five_hour", 87.0, 300, "2026-11-20T23:00:00"),
        ("stream", "seven_day_opus", 100.0, 10_080, "2026-11-20T23:00:00"),
    ]
    assert rows(home, "select * from rejects") == [] and found("canary", home) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limits = true", "`limits` should be a table"),
        ("[limits]\naks = true", "unknown key `aks` in `limits`"),
        ('[limits]\nask = "yes"', "`limits.ask` should be true or false"),
        ("[limits]\nevery_s = 60", "`limits.every_s` should be a number of seconds, 180 or more"),
        ("[limits]\nevery_s = true", "`limits.every_s` should be"),
    ],
)
def test_what_is_wrong_with_the_configuration_is_told(text: str, words: str, home: Path) -> None:
    (home / "config.toml").write_text(text)
    with pytest.raises(FleetmeterError) as told:
        load(home)
    assert words in str(told.value)
