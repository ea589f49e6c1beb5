"""Telemetry and transcripts tell of the same calls: each counts once, whatever order they come in; none is missed."""

import itertools
import json
import random
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from store import feed
from tests.collector.daemons import running, until
from tests.collector.doors.otlp_wire import ask, chunked, protobuf, request
from tests.collector.doors.test_receiver import free_port
from tests.collector.published import CORPUS, needed
from tests.collector.recorded import check_same, record, rows, views
from tests.collector.transcript import SESSION, answer, at, prompt

SAMPLE = CORPUS / "real-clients" / "claude" / "otel"
TOKENS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
BILLED = """
select model, count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens),
    sum(cache_write_1h_tokens)
from responses
group by 1
"""
# Where a line stands is no part of what it tells: what is sent twice stands twice.
PLACES = {"responses": {"byte_offset", "path"}, "sources": {"path"}}


def exports() -> list[tuple[str, dict[str, Any]]]:
    """Everything the program sent: logs, metrics and traces."""
    lines = [line for file in sorted((SAMPLE / "dumps").glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    return [(sent["path"], sent["body"]) for sent in map(json.loads, lines)]


def billed() -> list[tuple[Any, ...]]:
    told = json.loads((SAMPLE / "billed.json").read_bytes())["billed_by_model"]
    return [(model, sums["responses"], *(sums[kind] for kind in TOKENS)) for model, sums in told.items()]


def post(port: int, sent: Iterable[tuple[str, dict[str, Any]]], rng: random.Random) -> None:
    """In either form, chunked as the program does."""
    for target, body in sent:
        if target != "/v1/traces" and rng.random() < 0.5:
            words = request(target, protobuf(body), kind="application/x-protobuf")
        else:
            words = request(target, chunked(json.dumps(body).encode(), 900), "Transfer-Encoding: chunked")
        assert ask(port, words)[0] == 200


def told(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    found = views(home, without=PLACES)
    del found["sources"], found["rejects"]  # by how often a thing was sent
    return found


@needed
def test_with_telemetry_all_that_was_billed_is_there_in_any_order(home: Path, tmp_path: Path) -> None:
    """Through the real port, twice, shuffled, with the collector killed between, before and after the transcripts."""
    expected: dict[str, list[tuple[Any, ...]]] = {}
    for seed in range(3):
        rng, own = random.Random(seed), tmp_path / f"home{seed}"
        shutil.copytree(home, own)
        person = tmp_path / f"user{seed}"
        (person / ".claude").mkdir(parents=True)
        port = free_port()
        (own / "config.toml").write_text(f"[telemetry]\nport = {port}\n")
        sent = exports() if seed == 0 else rng.sample(exports() * 2, len(exports()) * 2)
        half = len(sent) // 2
        if seed != 1:
            shutil.copytree(SAMPLE / "home", person, dirs_exist_ok=True)
        with running(own, person) as first:
            post(port, sent[:half], rng)
            first.kill()
        shutil.copytree(SAMPLE / "home", person, dirs_exist_ok=True)
        with running(own, person):
            post(port, sent[half:], rng)
            until(lambda own=own: rows(own, BILLED) == billed())
        record(own, person)
        assert rows(own, BILLED) == billed()
        assert rows(own, "select reason from rejects") == []
        assert rows(own, "select output_tokens from responses where is_telemetry_only") == [(77,)]
        found = told(own)
        if seed:
            check_same({**found, "sources": [], "rejects": []}, {**expected, "sources": [], "rejects": []})
        expected = found


Piece = tuple[str, bytes]
"""The name of a file below the projects, or of the feed, and a line that is added to it."""


def exported(number: int, output: int = 10, session: str = SESSION, **attributes: object) -> Piece:
    """A call that was answered; the input is that of an answer of this number."""
    event = {
        "session.id": session, "event.timestamp": at(number), "model": "claude-opus-4-8", "input_tokens": 1,
        "output_tokens": output, "cache_read_tokens": 100, "cache_creation_tokens": 0, "duration_ms": 5,
        "request_id": f"req_{number}", "query_source": "sdk", "prompt.id": "p", "speed": "normal", **attributes,
    }  # fmt: skip
    return event_of("claude_code.api_request", **event)


def event_of(name: str, **attributes: object) -> Piece:
    body = json.dumps({"log": name, "attributes": attributes, "ns": 1767225600000000000}).encode()
    return "feed", feed.line("telemetry", body, "2026-01-01T00:00:00.000Z", 0)


def add(home: Path, user: Path, piece: Piece, agent: str = "claude") -> None:
    """A line comes, and is recorded before the next one does."""
    name, words = piece
    if name == "feed":
        assert feed.append(feed.tree(str(home), agent, str(user / f".{agent}")), words)
    else:
        with (user / ".claude" / "projects" / "p" / name).open("ab") as file:
            file.write(words)
    record(home, user)


def in_every_order(home: Path, tmp_path: Path, pieces: Sequence[Piece]) -> list[dict[str, list[tuple[Any, ...]]]]:
    """What is told of them, for each order in which they may come."""
    found: list[dict[str, list[tuple[Any, ...]]]] = []
    for number, order in enumerate(itertools.permutations(pieces)):
        own, user = tmp_path / f"home{number}", tmp_path / f"user{number}"
        shutil.copytree(home, own)
        (user / ".claude" / "projects" / "p").mkdir(parents=True)
        for piece in order:
            add(own, user, piece)
        names = ("session_id", "output_tokens", "is_lower_bound", "is_telemetry_only", "request_id")
        found.append(
            {
                "responses": rows(own, f"select {', '.join(names)} from responses order by 5, 1, 4"),  # noqa: S608 - names
                "sums": rows(
                    own,
                    "select sum(responses), sum(lower_bounds), sum(output_tokens), sum(telemetry_tokens), "
                    "sum(telemetry_responses), sum(usd_nanos) from usage_quarter_hour",
                ),
            }
        )
    assert all(one == found[0] for one in found), found
    return found


def test_a_call_that_a_transcript_holds_too_counts_once_in_any_order(home: Path, tmp_path: Path) -> None:
    pieces = [exported(1), ("s.jsonl", answer(1)), exported(2, query_source="compact")]
    found = in_every_order(home, tmp_path, pieces)[0]
    assert [row[1:] for row in found["responses"]] == [(10, 0, 0, "req_1"), (10, 0, 1, "req_2")]
    assert found["sums"][0][:5] == (2, 0, 20, 111, 1)


def test_it_would_be_seen_if_such_a_call_counted_twice(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.write.settle_telemetry", lambda *_: set[str]())
    found = in_every_order(home, tmp_path, [exported(1), ("s.jsonl", answer(1))])[0]
    assert found["sums"][0][:3] == (2, 0, 20)


def test_a_call_that_only_a_fork_holds_counts_once(home: Path, tmp_path: Path) -> None:
    copies = [(f"{name}.jsonl", prompt(1, sessionId=name) + answer(1, sessionId=name)) for name in ("f", "g")]
    found = in_every_order(home, tmp_path, [exported(1), *copies])[0]
    assert [row[1:] for row in found["responses"]] == [(10, 0, 0, "req_1")]


def test_telemetry_raises_what_a_transcript_tells_at_least(home: Path, tmp_path: Path) -> None:
    lines = [("s.jsonl", answer(1, output=10, stop=None)), ("t.jsonl", answer(1, output=30, stop=None, uuid="b"))]
    found = in_every_order(home, tmp_path, [exported(1, 50), *lines])[0]
    assert [row[1:] for row in found["responses"]] == [(50, 0, 0, "req_1")]
    assert found["sums"][0][:5] == (1, 0, 50, 0, 0)


def test_the_end_that_a_transcript_tells_goes_before_telemetry(home: Path, tmp_path: Path) -> None:
    lines = [("s.jsonl", answer(1, output=10, stop=None)), ("t.jsonl", answer(1, output=50, uuid="b"))]
    found = in_every_order(home, tmp_path, [exported(1, 50), *lines])[0]
    assert [row[1:] for row in found["responses"]] == [(50, 0, 0, "req_1")]


def test_where_a_transcript_names_no_requests_nothing_is_added_to_it(home: Path, tmp_path: Path) -> None:
    pieces = [exported(1), ("s.jsonl", answer(1, requestId=None)), exported(2)]
    found = in_every_order(home, tmp_path, pieces)[0]
    assert [row[1:] for row in found["responses"]] == [(10, 0, 0, "")]


def test_a_call_without_an_id_is_kept_and_not_counted(home: Path, user: Path) -> None:
    add(home, user, exported(1, request_id=""))
    assert rows(home, "select output_tokens, is_telemetry_only from api_calls") == [(10, None)]
    assert rows(home, "select * from responses") == []


def test_hidden_spend_and_errors_are_told_by_what_asked(home: Path, user: Path) -> None:
    add(home, user, exported(1, query_source="generate_session_title"))
    add(home, user, exported(2, query_source="agent:builtin:x", speed="fast"))
    failed = {"session.id": "s", "error": "overloaded", "status_code": "529", "attempt": 3, "query_source": "sdk"}
    for _ in range(2):
        add(home, user, event_of("api_error", model="claude-opus-4-8[1m]", **failed))
    assert rows(home, "select kind, purpose, model, status, attempt, error from api_calls order by kind, purpose") == [
        ("answer", "agent:builtin:x", "claude-opus-4-8", None, None, None),
        ("answer", "generate_session_title", "claude-opus-4-8", None, None, None),
        ("error", "sdk", "claude-opus-4-8", 529, 3, "overloaded"),
    ]
    assert rows(home, "select run_kind, tier, is_telemetry_only from responses order by at") == [
        ("main", "standard", 1), ("subagent", "fast", 1)
    ]  # fmt: skip


def test_what_a_cache_write_cost_tells_for_how_long_it_was(home: Path, user: Path) -> None:
    """A tenth of a cent more for each hundred and fifty tokens of an hour; what fits no split is left as it is."""
    cost = 5 * 1 + 25 * 10 + 0.5 * 100
    for number, (written, micros) in enumerate(
        [(1500, cost + 1000 * 6.25 + 500 * 10), (800, cost + 800 * 10), (800, cost + 800 * 6.25), (800, 10**6)], 1
    ):
        add(home, user, exported(number, cache_creation_tokens=written, cost_usd_micros=round(micros)))
    assert rows(home, "select cache_write_5m_tokens, cache_write_1h_tokens from responses order by at") == [
        (1000, 500), (0, 800), (800, 0), (800, 0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "attributes",
    [
        {"session.id": 7}, {"output_tokens": "many"}, {"output_tokens": -1}, {"output_tokens": 1e300},
        {"output_tokens": None}, {"session.id": ""},
    ],
)  # fmt: skip
def test_a_broken_event_is_refused_alone(attributes: dict[str, object], home: Path, user: Path) -> None:
    event = {**json.loads(exported(1)[1])["body"]["attributes"], **attributes}
    add(home, user, event_of("api_request", **event))
    add(home, user, exported(2))
    assert rows(home, "select count(*) from rejects") == [(1,)]
    assert rows(home, "select request_id from responses") == [("req_2",)]


def test_answers_that_no_id_joins_are_kept_and_never_added(home: Path, user: Path) -> None:
    (user / ".codex").mkdir()
    event = {
        "conversation.id": "t1", "event.kind": "response.completed", "event.timestamp": at(1), "model": "gpt-5.5",
        "input_token_count": 1000, "cached_token_count": 900, "output_token_count": 50, "reasoning_token_count": 20,
    }  # fmt: skip
    add(home, user, event_of("codex.sse_event", **event), "codex")
    add(home, user, event_of("codex.sse_event", **{**event, "event.kind": "response.created"}), "codex")
    failed = {"conversation.id": "t1", "http.response.status_code": 429, "attempt": 1, "error.message": "slow down"}
    add(home, user, event_of("codex.api_request", **failed), "codex")
    assert rows(
        home,
        "select kind, status, input_tokens, cache_read_tokens, output_tokens, reasoning_tokens, is_telemetry_only "
        "from api_calls order by kind",
    ) == [("answer", None, 100, 900, 50, 20, None), ("error", 429, None, None, None, None, None)]
    assert rows(home, "select count(*) from responses") == [(0,)]


@needed
def test_meters_are_only_compared(home: Path, user: Path) -> None:
    shutil.copytree(SAMPLE / "home", user, dirs_exist_ok=True)
    record(home, user)
    before = rows(home, BILLED)
    point = {"session.id": SESSION, "model": "claude-opus-4-8[1m]", "type": "input", "query_source": "main"}
    sent: list[tuple[bool, int, int, float]] = [
        (True, 1, 2, 5), (True, 2, 3, 7), (True, 2, 3, 7), (False, 1, 4, 3), (False, 1, 5, 9), (False, 1, 4, 3),
    ]  # fmt: skip
    for is_delta, since, until_, value in sent:
        body = {
            "metric": "claude_code.token.usage", "attributes": point, "is_delta": is_delta, "value": value,
            "since_ns": 1767225600000000000 + since * 10**9, "ns": 1767225600000000000 + until_ * 10**9,
        }  # fmt: skip
        line = feed.line("telemetry", json.dumps(body).encode(), "2026-01-01T00:00:00.000Z", 0)
        add(home, user, ("feed", line))
    assert rows(home, "select model, kind, metered_tokens, counted_tokens from metered_tokens") == [
        ("claude-opus-4-8", "input", 5 + 7 + 9, 0)
    ]
    assert rows(home, BILLED) == before
