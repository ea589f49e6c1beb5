"""Telemetry as a real Codex (0.171) sends it: as its own HTTP exporter put it, cut to what matters."""

import json
from pathlib import Path
from typing import Any

from collector.doors.http_door import HttpDoor
from collector.doors.receiver import routes
from collector.files.discover import Root
from collector.sources import all_sources
from tests.collector.doors.otlp_wire import ask, request
from tests.collector.recorded import record, rows

THREAD = "01a228a8-2a5d-7840-bae4-d02bbf176d4d"
COMMON = {"conversation.id": THREAD, "app.version": "0.171.0", "originator": "codex_exec", "model": "gpt-5.1-codex"}
TOKENS = {
    "input_token_count": "10226", "output_token_count": "52", "cached_token_count": "7587",
    "cache_write_token_count": "0", "reasoning_token_count": "0", "tool_token_count": "10278", "ttft_ms": "0",
}  # fmt: skip
FAILED = {"http.response.status_code": "429", "attempt": "1", "error.message": "slow down", "duration_ms": "25"}
EVENTS: list[dict[str, Any]] = [
    {"event.name": "codex.user_prompt", "prompt_length": "53", "prompt": "[REDACTED]"},
    {"event.name": "codex.api_request", "http.response.status_code": "200", "attempt": "0", "duration_ms": "10"},
    {"event.name": "codex.sse_event", "event.kind": "response.output_text.delta", "duration_ms": "0"},
    {"event.name": "codex.sse_event", "event.kind": "response.completed", "duration_ms": "0"},
    {"event.name": "codex.sse_event", "event.kind": "response.completed", **TOKENS},
    {"event.name": "codex.api_request", **FAILED},
]


def exported() -> bytes:
    """Its events have the line of its own source where their name belongs, and no body."""
    records = [
        {
            "observedTimeUnixNano": "1796151239361000000", "severityText": "INFO",
            "eventName": f"event otel/src/events/session_telemetry.rs:{380 + number}",
            "attributes": [
                {"key": key, "value": {"stringValue": said}}
                for key, said in {**event, "event.timestamp": f"2026-11-29T18:53:59.36{number}Z", **COMMON}.items()
            ],
        }
        for number, event in enumerate(EVENTS)
    ]  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "codex_exec"}}]}
    scoped = {"scope": {"name": "codex_otel.log_only", "version": ""}, "logRecords": records}
    return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [scoped]}]}).encode()


def test_an_answer_and_a_failure_are_known_by_the_names_of_their_events(home: Path, user: Path) -> None:
    root = user / ".codex"
    root.mkdir()
    place = Root(next(one for one in all_sources() if one.agent == "codex"), str(root), "x", (str(root),), ())
    door = HttpDoor(str(home), 0, "t" * 32, routes([place]))
    try:
        for name in (str(root), str(root).replace("/", "%2F"), str(root).replace("/", "%252F"), "/none"):
            told = request("/v1/logs", exported(), f"x-fleetmeter-root: {name}")
            assert ask(door.port, told) == (200, b"{}")
    finally:
        door.close()
    record(home, user)
    assert rows(
        home,
        "select kind, session_id, model, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, status, "
        "attempt, error, at from api_calls order by kind",
    ) == [
        ("answer", THREAD, "gpt-5.1-codex", 2639, 7587, 0, 52, None, None, None, "2026-11-29T18:53:59.364Z"),
        ("error", THREAD, "gpt-5.1-codex", None, None, None, None, 429, 1, "slow down", "2026-11-29T18:53:59.365Z"),
    ]
    assert rows(home, "select reason from rejects") == []
    assert rows(home, "select sum(records) from sources") == [(3 * len(EVENTS),)]
