"""Odd input that once stopped all recording, or lost what it said; each stays named for its symptom."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from collector.once import collect_once
from store.database import open_reader


def said(**fields: object) -> dict[str, object]:
    """A line of one session."""
    return {"sessionId": "s", "cwd": "/src/app", "timestamp": "2026-03-01T10:00:00.000Z", **fields}


def answer(message_id: str, uuid: str, output: int, content: Iterable[object] = ()) -> dict[str, object]:
    usage = {"input_tokens": 1, "output_tokens": output}
    message = {"id": message_id, "model": "m", "role": "assistant", "usage": usage, "content": list(content)}
    return said(type="assistant", uuid=uuid, requestId="r", message=message)


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    folder = tmp_path / "user" / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    return folder / "s.jsonl"


def append(transcript: Path, *lines: dict[str, object]) -> None:
    with transcript.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def asked(home: Path, transcript: Path, question: str) -> list[tuple[object, ...]]:
    collect_once(str(home), {}, str(transcript.parents[3]))
    reader = open_reader(home)
    rows = reader.execute(question).fetchall()
    reader.close()
    return rows


@pytest.mark.promise("C9")
def test_a_nul_in_an_id_is_no_end_of_recording(home: Path, transcript: Path) -> None:
    question = "select count(*), sum(output_tokens) from responses"
    append(transcript, answer("msg\0one", "a1", 5), answer("msg_two", "a2", 7))
    assert asked(home, transcript, question) == [(2, 12)]
    append(transcript, answer("msg\0one", "a3", 6), answer("msg_three", "a4", 1))
    assert asked(home, transcript, question) == [(3, 14)]


@pytest.mark.promise("C9")
def test_a_long_chain_of_worktrees_is_no_end_of_recording(home: Path, transcript: Path) -> None:
    chain = [
        said(type="worktree-state", worktreeSession={"originalCwd": f"/w{n + 1}", "worktreePath": f"/w{n}"})
        for n in range(1500)
    ]
    ring = [
        said(type="worktree-state", worktreeSession={"originalCwd": f"/r{n % 3}", "worktreePath": f"/r{(n + 1) % 3}"})
        for n in range(3)
    ]
    append(transcript, *chain, *ring, answer("msg_one", "a1", 5))
    assert asked(home, transcript, "select project, output_tokens from responses") == [("/src/app", 5)]


def test_a_todo_list_of_forty_entries_is_kept(home: Path, transcript: Path) -> None:
    todos = [{"content": f"entry {n} " + "of many words " * 20, "status": "pending"} for n in range(40)]
    call = {"type": "tool_use", "id": "t1", "name": "TodoWrite", "input": {"todos": todos}}
    append(transcript, answer("msg_one", "a1", 5, [call]))
    assert asked(home, transcript, "select count(*), min(status) from tasks") == [(40, "pending")]


def test_a_lost_device_file_is_made_again_of_what_was_recorded(home: Path, transcript: Path) -> None:
    question = "select device, count(*) from responses group by 1"
    append(transcript, answer("msg_one", "a1", 5))
    before = asked(home, transcript, question)
    (home / "device").unlink()
    assert asked(home, transcript, question) == before
