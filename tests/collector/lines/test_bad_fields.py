"""B60: each field that is read, with a value of every wrong type. It costs what it says, never the line around it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collector.recorded import record, refused, rows, source
from tests.collector.transcript import SESSION, answer, line, prompt

WRONG: list[Any] = [
    None,
    True,
    -1,
    1.5,
    "text",
    "\ud83d",
    [],
    [1, {"a": "b"}],
    {},
    {"a": [None]},
    10**40,
    1e300,
    "9" * 300,
]
USAGE = {
    "input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 4,
    "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 2},
    "server_tool_use": {"web_search_requests": 1}, "service_tier": "standard", "speed": "standard",
    "iterations": [{"type": "advisor_message", "model": "m", "input_tokens": 1, "output_tokens": 1}],
}  # fmt: skip
ENVELOPE = {
    "uuid": "u0", "parentUuid": "p0", "logicalParentUuid": "p0", "sessionId": SESSION,
    "timestamp": "2026-01-01T00:00:00.000Z", "cwd": "/w", "gitBranch": "main", "version": "2.1.0", "entrypoint": "cli",
    "agentId": "a1", "isSidechain": False,
    "isMeta": False, "isCompactSummary": False, "isVisibleInTranscriptOnly": False, "permissionMode": "default",
    "forkedFrom": {"sessionId": "other"},
}  # fmt: skip
TOOL = {"file_path": "/f", "command": "c", "todos": [{"content": "c", "status": "pending"}], "description": "d"}
RESULT = {
    "type": "update", "status": "completed", "filePath": "/f", "content": "x\n", "interrupted": False,
    "structuredPatch": [{"lines": ["+a", "-b"]}], "backgroundTaskId": "b1", "agentId": "a2", "agentType": "t",
    "isAsync": False, "totalDurationMs": 5, "durationMs": 5, "durationSeconds": 1, "runId": "wf_1", "workflowName": "w",
    "summary": "s", "task": {"id": "1", "subject": "s"}, "taskId": "1", "statusChange": {"to": "completed"},
}  # fmt: skip
LINES: list[dict[str, Any]] = [
    {
        **ENVELOPE, "type": "assistant", "requestId": "r", "costUSD": 0.1,
        "isApiErrorMessage": False, "apiErrorStatus": 1,
        "message": {
            "id": "m0", "role": "assistant", "model": "m", "stop_reason": "end_turn", "usage": USAGE,
            "content": [
                {"type": "text", "text": "t"}, {"type": "thinking", "thinking": "t"},
                {"type": "tool_use", "id": "t1", "name": "Write", "input": TOOL},
                {"type": "tool_use", "id": "t2", "name": "TodoWrite", "input": TOOL},
            ],
        },
    },
    {
        **ENVELOPE, "type": "user", "toolUseResult": RESULT,
        "message": {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": False, "content": "ok"}],
        },
    },
    {**ENVELOPE, "type": "user", "message": {"role": "user", "content": [{"type": "text", "text": "do"}]}},
    {**ENVELOPE, "type": "user", "isSidechain": True, "parentUuid": None, "message": {"role": "user", "content": "do"}},
    {**ENVELOPE, "type": "system", "subtype": "compact_boundary", "content": "c", "level": "info",
     "compactMetadata": {"trigger": "auto", "preTokens": 1, "postTokens": 2, "durationMs": 3}},
    {**ENVELOPE, "type": "system", "subtype": "microcompact_boundary",
     "microcompactMetadata": {"trigger": "auto", "preTokens": 5, "tokensSaved": 2}},
    {**ENVELOPE, "type": "system", "subtype": "api_error", "retryAttempt": 1},
    {**ENVELOPE, "type": "system", "subtype": "turn_duration", "durationMs": 5},
    {**ENVELOPE, "type": "attachment",
     "attachment": {"type": "queued_command", "prompt": "p", "commandMode": "prompt"}},
    {**ENVELOPE, "type": "progress", "data": {
        "type": "agent_progress", "agentId": "a3", "message": {
            "type": "assistant", "requestId": "r", "timestamp": "2026-01-01T00:00:00.000Z",
            "message": {"id": "m9", "model": "m", "stop_reason": "end_turn", "usage": USAGE},
        },
    }},
    {"type": "worktree-state", "sessionId": SESSION,
     "worktreeSession": {"originalCwd": "/w", "worktreePath": "/w/x", "worktreeName": "x"}},
    *({"type": name, "sessionId": SESSION, field: "w"} for name, field in (
        ("ai-title", "aiTitle"), ("custom-title", "customTitle"), ("agent-name", "agentName"), ("tag", "tag"),
        ("agent-color", "agentColor"), ("agent-setting", "agentSetting"), ("mode", "mode"), ("pr-link", "prUrl"),
        ("permission-mode", "permissionMode"), ("last-prompt", "lastPrompt"), ("relocated", "relocatedCwd"),
    )),
    {"type": "summary", "summary": "s", "leafUuid": "u0"},
]  # fmt: skip


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside a line."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from fields(inner, (*path, name))


def spoilt(number: int, original: dict[str, Any], path: tuple[Any, ...], wrong: Any) -> bytes:
    """The line with one wrong value in it."""
    copy: Any = json.loads(json.dumps(original))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = wrong
    if isinstance(copy.get("uuid"), str):
        copy["uuid"] = f"{copy['uuid']}-{number}"
    return json.dumps(copy).encode() + b"\n"


ALL = [(original, path, wrong) for original in LINES for path in fields(original) for wrong in WRONG]


@pytest.mark.promise("C9")
@pytest.mark.promise("C22")
def test_C9_a_field_of_a_wrong_type_costs_only_itself(project: Path, home: Path, user: Path) -> None:
    """All at once, in files of some hundred, each bad line between two good ones."""
    good = 0
    for start in range(0, len(ALL), 400):
        content = [prompt(100_000 + start)]
        for number, (original, path, wrong) in enumerate(ALL[start : start + 400], start):
            content += [spoilt(number, original, path, wrong), answer(number)]
            good += 1
        (project / f"{start}.jsonl").write_bytes(b"".join(content))
    record(home, user)
    assert refused(home) == []
    assert rows(home, "select count(*) from responses where message_id glob 'msg_*'") == [(good,)]
    assert rows(home, "select count(*) from sources where state <> 'read'") == [(0,)]
    assert rows(home, "select sum(records) from sources") == [(2 * good + (len(ALL) + 399) // 400,)]


@pytest.mark.promise("C9")
@pytest.mark.parametrize("name", ["usage", "content"])
def test_C9_what_is_good_in_a_spoilt_line_is_kept(name: str, project: Path, home: Path, user: Path) -> None:
    original = LINES[0]
    paths = {"usage": ("message", "content", 0, "text"), "content": ("message", "usage", "service_tier")}
    (project / f"{SESSION}.jsonl").write_bytes(spoilt(1, original, paths[name], {"a": ["\ud83d"]}))
    record(home, user)
    found = rows(
        home,
        "select input_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens "
        "from responses where not is_nested",
    )
    assert found == [(1, 1, 2, 2)]
    assert rows(home, "select count(*) from tool_calls") == [(2,)]


SIDECARS: list[tuple[str, dict[str, Any]]] = [
    ("subagents/agent-a1.meta.json", {
        "agentType": "t", "description": "d", "name": "n", "toolUseId": "t1", "spawnDepth": 1,
    }),
    ("workflows/wf_1.json", {
        "runId": "wf_1", "workflowName": "w", "summary": "s", "status": "completed", "startTime": 1, "durationMs": 2,
        "agentCount": 3, "totalToolCalls": 4, "result": {}, "phases": [{"title": "t"}],
        "workflowProgress": [
            {"type": "workflow_agent", "label": "l", "phaseTitle": "t", "agentId": "a", "state": "done"}
        ],
    }),
    ("subagents/workflows/wf_1/journal.jsonl", {"type": "started", "key": "v2:1", "agentId": "a9"}),
]  # fmt: skip


@pytest.mark.promise("C9")
@pytest.mark.parametrize(("place", "original"), SIDECARS, ids=[place for place, _ in SIDECARS])
def test_C9_a_sidecar_with_a_field_of_a_wrong_type(
    place: str, original: dict[str, Any], project: Path, home: Path, user: Path
) -> None:
    paths = [(path, wrong) for path in fields(original) for wrong in WRONG]
    for number, (path, wrong) in enumerate(paths):
        file = project / f"s{number}" / place
        file.parent.mkdir(parents=True)
        file.write_bytes(spoilt(number, original, path, wrong))
    (project / f"{SESSION}.jsonl").write_bytes(prompt(1) + answer(1) + line(type="mode", mode="normal"))
    record(home, user)
    assert rows(home, "select distinct state, reason from sources") == [("read", None)]
    assert rows(home, "select sum(records), sum(rejected) from sources") == [(3 + len(paths), 0)]
    assert source(home, project / f"{SESSION}.jsonl")["records"] == 3
