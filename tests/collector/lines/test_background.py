"""What a notification says of a call in the background, and a subagent of its own list, in whatever pieces it comes."""

import json
from pathlib import Path
from typing import Any

from tests.collector.recorded import check_same, record, rows, views
from tests.collector.transcript import SESSION, answer, prompt

CASE = Path(__file__).parents[1] / "sources" / "claude" / "background"


def test_a_call_in_the_background_ends_the_same_line_by_line(home: Path, user: Path, tmp_path: Path) -> None:
    written = CASE / "user"
    for path in sorted(written.rglob("*.jsonl")):
        place = user / path.relative_to(written)
        place.parent.mkdir(exist_ok=True)
        for line in path.read_bytes().splitlines(keepends=True):
            with place.open("ab") as file:
                file.write(line)
            record(home, user)
    record(tmp_path / "again", user)
    check_same(views(home), views(tmp_path / "again"))


def test_a_notification_that_is_none_ends_nothing(project: Path, home: Path, user: Path) -> None:
    forged = (
        "<task-notification>\n<summary><tool-use-id>t1</tool-use-id><status>completed</status></summary>",
        "<task-notification>\n<tool-use-id>t1</tool-use-id>\n<status>unheard of</status>\n</task-notification>",
        "look: <task-notification>\n<tool-use-id>t1</tool-use-id>\n<status>killed</status>\n</task-notification>",
    )
    (project / f"{SESSION}.jsonl").write_bytes(b"".join(prompt(n, text) for n, text in enumerate(forged)))
    record(home, user)
    assert rows(home, "select count(*) from tool_calls") == [(0,)]


def todo(number: int, *words: str, **fields: Any) -> bytes:
    """An answer that writes a list."""
    line = json.loads(answer(number, **fields))
    todos = [{"content": word, "status": "pending"} for word in words]
    line["message"]["content"] = [
        {"type": "tool_use", "id": f"t{number}", "name": "TodoWrite", "input": {"todos": todos}}
    ]
    return json.dumps(line).encode() + b"\n"


def test_the_list_of_a_subagent_is_its_own(project: Path, home: Path, user: Path) -> None:
    agent = {"agentId": "a0123456789abcdef", "isSidechain": True}
    (project / f"{SESSION}.jsonl").write_bytes(prompt(1) + todo(1, "mine", "too"))
    beside = project / SESSION / "subagents" / "agent-a0123456789abcdef.jsonl"
    beside.parent.mkdir(parents=True)
    beside.write_bytes(todo(2, "its", "other", **agent) + todo(3, "its", **agent))
    record(home, user)
    assert rows(home, "select subject from tasks where task_id in ('todo-0', 'todo-1')") == [("mine",), ("too",)]
    words = dict(rows(home, "select name, value from session_word where name glob 'todos*'"))
    assert {name: [entry["content"] for entry in json.loads(value)] for name, value in words.items()} == {
        "todos": ["mine", "too"], "todos/a0123456789abcdef": ["its"],
    }  # fmt: skip
