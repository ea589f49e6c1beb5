"""The sessions view: its sums are those of the answers, its words those that were said, its reading is by index."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.collector.recorded import dicts, record, rows

SESSION = "5f3c0000-0000-4000-8000-00000000000a"
WORDS = [
    {"type": "tag", "tag": "later"},
    {"type": "tag", "tag": "kept"},
    {"type": "agent-color", "agentColor": "blue"},
    {"type": "agent-setting", "agentSetting": "reviewer"},
    {"type": "relocated", "relocatedCwd": "/src/other"},
    {
        "type": "worktree-state",
        "worktreeSession": {"originalCwd": "/src/app", "worktreePath": "/src/app-fix", "worktreeName": "fix"},
    },
]


def said(**more: Any) -> dict[str, Any]:
    return {"sessionId": SESSION, "cwd": "/src/app", "version": "2.1.198", "gitBranch": "main", **more}


def answered(session: str, number: int, at: str | None, output: int) -> dict[str, Any]:
    message = {
        "id": f"msg_{session}{number}", "type": "message", "role": "assistant", "model": "model-a",
        "content": [{"type": "text", "text": "done"}], "stop_reason": "end_turn" if number % 3 else None,
        "usage": {"input_tokens": 3, "output_tokens": output},
    }  # fmt: skip
    line = said(type="assistant", uuid=f"{session}{number}", requestId=f"req_{session}{number}", message=message)
    return line | {"sessionId": session} | ({"timestamp": at} if at else {})


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_every_word_that_is_stored_is_shown(project: Path, home: Path, user: Path) -> None:
    prompt = said(
        type="user", uuid="u", timestamp="2026-03-01T10:00:00.000Z", message={"role": "user", "content": "go"}
    )
    write(project / f"{SESSION}.jsonl", [prompt, *(said(**word) for word in WORDS)])
    record(home, user)
    (shown,) = dicts(home, "select * from sessions")
    assert (shown["tag"], shown["agent_color"], shown["agent_setting"]) == ("kept", "blue", "reviewer")
    assert (shown["relocated_cwd"], shown["worktree"]) == ("/src/other", "fix")
    stored = {name for (name,) in rows(home, "select distinct name from session_word")}
    assert stored - {"custom_title", "agent_name", "ai_title"} <= set(shown)


def test_the_status_of_an_error_is_in_the_feed(project: Path, home: Path, user: Path) -> None:
    message = {
        "id": "m",
        "role": "assistant",
        "model": "<synthetic>",
        "content": [{"type": "text", "text": "Overloaded"}],
    }
    error = said(
        type="assistant", uuid="e", timestamp="2026-03-01T10:00:00.000Z", isApiErrorMessage=True, apiErrorStatus=529,
        message=message,
    )  # fmt: skip
    write(project / f"{SESSION}.jsonl", [error])
    record(home, user)
    assert rows(home, "select what, text, status from activity") == [("error", "Overloaded", 529)]


@pytest.mark.parametrize("session", ["a", "b", "c"])
def test_the_sums_are_those_of_the_answers(session: str, project: Path, home: Path, user: Path) -> None:
    """Whatever the minute of the hour, over days, at no known time, and for a session without any answer."""
    times = [f"2026-03-0{1 + minute % 3}T1{minute % 7}:{minute:02d}:59.999Z" for minute in range(60)]
    write(project / "a.jsonl", [answered("a", number, at, number) for number, at in enumerate([*times, None])])
    write(project / "b.jsonl", [answered("b", number, at, 1_000) for number, at in enumerate(times[::5])])
    prompt = said(type="user", uuid="u", message={"role": "user", "content": "go"}) | {"sessionId": "c"}
    write(project / "c.jsonl", [prompt])
    record(home, user)
    expected = rows(
        home,
        "select count(*), coalesce(sum(is_lower_bound), 0), coalesce(sum(input_tokens), 0),"
        " coalesce(sum(output_tokens), 0) from responses where session_id = ?",
        (session,),
    )
    sums = "select responses, lower_bounds, input_tokens, output_tokens from sessions where session_id = ?"
    assert rows(home, sums, (session,)) == expected
    assert expected[0][0] == {"a": 61, "b": 12, "c": 0}[session]


def test_a_question_about_one_session_reads_that_session_only(home: Path) -> None:
    plan = [row[3] for row in rows(home, "explain query plan select * from sessions where session_id = 'x'")]
    # The summaries of old transcripts are few, and what is counted of one session is one row.
    assert {step for step in plan if step.startswith("SCAN")} <= {"SCAN y", "SCAN c"}
    assert any("(quarter=? AND session_key=?)" in step for step in plan)
    assert any("r USING COVERING INDEX response_session" in step for step in plan)
