"""Odd input that once stopped all recording, or lost what it said; each stays named for its symptom."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from collector.recording.once import collect_once
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


@pytest.mark.promise("C9")
def test_a_root_below_a_folder_named_workflows_is_like_any_other(home: Path, tmp_path: Path) -> None:
    for place in ("workflows", "subagents"):
        project = tmp_path / place / "user" / ".claude" / "projects" / "p"
        (project / "s" / "subagents").mkdir(parents=True)
        lines = {project / "s.jsonl": answer(f"msg_{place}", f"m-{place}", 5)}
        agent = {"isSidechain": True, "agentId": "a1"}
        lines[project / "s" / "subagents" / "agent-a1.jsonl"] = answer(f"msg_of_{place}", f"a-{place}", 7) | agent
        for path, line in lines.items():
            path.write_text(json.dumps(line) + "\n", "utf-8")
        (project / "s" / "subagents" / "agent-a1.meta.json").write_text('{"description": "looks around"}', "utf-8")
        collect_once(str(home), {}, str(tmp_path / place / "user"))
    reader = open_reader(home)
    found = reader.execute("select session_id, run_id, kind, description from runs order by run_id").fetchall()
    reader.close()
    assert found == [("s", "a1", "subagent", "looks around")] * 2 + [("s", "main", "main", None)] * 2


@pytest.mark.promise("C9")
@pytest.mark.timed
def test_folders_of_any_depth_are_folded_in_no_time(home: Path, transcript: Path) -> None:
    deep = "/d" * 2000
    append(
        transcript, *(answer(f"msg_{n}", f"a{n}", 5) | {"cwd": f"{deep}/{n}", "gitBranch": "main"} for n in range(50))
    )
    began = time.process_time()
    assert asked(home, transcript, "select count(distinct project) from place") == [(50,)]
    assert time.process_time() - began < 2


@pytest.mark.promise("C9")
def test_forks_of_forks_are_linked_by_as_many_rows_as_there_are_forks(home: Path, transcript: Path) -> None:
    history: list[dict[str, object]] = []
    for n in range(40):
        at = f"2026-03-01T10:{n:02}:00.000Z"
        history.append(
            said(type="user", uuid=f"p{n}", message={"role": "user", "content": "go on"}) | {"timestamp": at}
        )
        history.append(answer(f"msg_{n}", f"a{n}", 5) | {"timestamp": at})
        append(transcript.with_name(f"s{n}.jsonl"), *(line | {"sessionId": f"s{n}"} for line in history))
    assert asked(home, transcript, "select count(*), sum(output_tokens) from responses") == [(40, 200)]
    assert asked(home, transcript, "select count(*) from sessions where forked_from is null") == [(1,)]
    assert asked(home, transcript, "select count(*) from overlap") == [(2 * 39,)]
