"""How long agents waited for a person, and which tools run now: moments that are paired, and joined with the files."""

import json
from pathlib import Path

import pytest

from store import feed
from tests.collector.recorded import record, rows
from tests.collector.transcript import prompt

T = "2026-11-20T10:00:{:06.3f}Z"
WAITS = (
    "select tool_use_id, what, kind, outcome, substr(asked_at, 18, 6), substr(answered_at, 18, 6), waited_ms from waits"
)
Moment = tuple[float, str, dict[str, object]]


def tell(home: Path, user: Path, *moments: Moment, session: str = "s") -> None:
    folder = feed.tree(str(home), "claude", str(user / ".claude"))
    for second, name, more in moments:
        body = json.dumps({"session_id": session, "hook_event_name": name, **more}).encode()
        assert feed.append(folder, feed.line("hook", body, T.format(second), 1))
    record(home, user)


def call(id_: str | None, target: str, **more: object) -> dict[str, object]:
    ids = {"tool_use_id": id_} if id_ else {}
    return {"tool_name": "Bash", "tool_input": {"command": target}, **ids, **more}


def test_a_wait_is_as_long_as_nobody_answered(home: Path, user: Path) -> None:
    tell(
        home, user,
        (1, "PreToolUse", call("t1", "ls")), (2, "PreToolUse", call("t2", "rm")),
        (2.5, "PermissionRequest", call(None, "ls")), (3, "PermissionRequest", call(None, "rm")),
        (10, "PostToolUse", call("t2", "rm", duration_ms=1500)), (30, "PostToolUse", call("t1", "ls", duration_ms=250)),
    )  # fmt: skip
    assert rows(home, f"{WAITS} order by asked_at") == [
        ("t1", "ls", "permission", "allowed", "02.500", "29.750", 27_250),
        ("t2", "rm", "permission", "allowed", "03.000", "08.500", 5_500),
    ]


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("PostToolUseFailure", call("t", "ls"), ("t", "ls", "permission", "allowed", "02.000", "05.000", 3_000)),
        ("PermissionDenied", call("t", "ls"), ("t", "ls", "permission", "denied", "02.000", "05.000", 3_000)),
        ("Stop", {}, ("t", "ls", "permission", "turned down", "02.000", "05.000", 3_000)),
        ("UserPromptSubmit", {"prompt": "no"}, ("t", "ls", "permission", "turned down", "02.000", "05.000", 3_000)),
        ("SessionEnd", {}, ("t", "ls", "permission", "given up", "02.000", "05.000", 3_000)),
        ("Notification", {"message": "waits"}, ("t", "ls", "permission", "open", "02.000", None, None)),
        ("PostToolUse", call("t9", "other"), ("t", "ls", "permission", "open", "02.000", None, None)),
        ("PostToolUse", call("t", "ls", duration_ms=9e9), ("t", "ls", "permission", "allowed", "02.000", "02.000", 0)),
    ],
)
def test_how_a_wait_ended(
    name: str, more: dict[str, object], expected: tuple[object, ...], home: Path, user: Path
) -> None:
    tell(home, user, (1, "PreToolUse", call("t", "ls")), (2, "PermissionRequest", call(None, "ls")), (5, name, more))
    assert rows(home, WAITS) == [expected]


def test_a_question_is_answered(home: Path, user: Path) -> None:
    tell(home, user, (1, "Elicitation", {"message": "which?"}), (4, "ElicitationResult", {"action": "accept"}))
    assert rows(home, WAITS) == [(None, "which?", "question", "answered", "01.000", "04.000", 3_000)]


RUNNING = "select run_id, tool_use_id, tool, target, substr(started_at, 18, 6), told_by, was_asked from running_tools"


def test_a_tool_runs_from_its_beginning_to_its_end(home: Path, user: Path) -> None:
    tell(home, user, (1, "UserPromptSubmit", {"prompt": "go"}), (2, "PreToolUse", call("t1", "ls")),
         (3, "PreToolUse", call("t2", "rm")), (4, "PermissionRequest", call(None, "rm")))  # fmt: skip
    both = [("main", "t1", "Bash", "ls", "02.000", "hooks", 0), ("main", "t2", "Bash", "rm", "03.000", "hooks", 1)]
    assert rows(home, f"{RUNNING} order by tool_use_id") == both
    tell(home, user, (9, "PostToolUse", call("t1", "ls")))
    assert rows(home, RUNNING) == both[1:]
    tell(home, user, (10, "Stop", {}))
    assert rows(home, RUNNING) == []


def test_what_the_transcript_knows_of_a_call_counts_too(home: Path, user: Path, project: Path) -> None:
    ask = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls"}}
    said = {"type": "assistant", "uuid": "a", "sessionId": "s", "timestamp": T.format(2.5), "requestId": "r",
            "message": {"id": "m", "role": "assistant", "model": "x", "content": [ask], "usage": {"output_tokens": 1},
                        "stop_reason": "tool_use"}}  # fmt: skip
    end = {"type": "user", "uuid": "b", "sessionId": "s", "timestamp": T.format(9), "message": {
        "role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "done"}]}}  # fmt: skip
    path = project / "s.jsonl"
    path.write_bytes(prompt(0, sessionId="s") + json.dumps(said).encode() + b"\n")
    tell(home, user, (1, "UserPromptSubmit", {"prompt": "go"}), (2, "PreToolUse", call("t1", "ls")))
    assert rows(home, RUNNING) == [("main", "t1", "Bash", "ls", "02.000", "both", 0)]
    with path.open("ab") as file:
        file.write(json.dumps(end).encode() + b"\n")
    record(home, user)
    assert rows(home, RUNNING) == []


def test_a_tool_of_a_session_that_ended_does_not_run(home: Path, user: Path) -> None:
    tell(home, user, (2, "PreToolUse", call("t1", "ls")), session="gone")
    tell(home, user, (3, "SessionEnd", {}), session="gone")
    assert rows(home, RUNNING) == []
