"""The ten queries of VIEWS.md: each runs within the limits of `sql`, and says of a known history what is so."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.viewers.conftest import SESSION, billed, spoken

VIEWS = (Path(__file__).parents[2] / "migrations" / "VIEWS.md").read_text("utf-8")
CHAPTER = VIEWS.partition("\n## Ten questions\n")[2]
QUESTIONS = re.findall(r"^```sql\n(.*?)^```$", CHAPTER, flags=re.MULTILINE | re.DOTALL)

OPUS = "claude-opus-4-5-20251101"


def asked(number: int, at: str, text: str) -> dict[str, Any]:
    return spoken(type="user", uuid=f"u-{number}", promptId=f"p-{number}", timestamp=at,
                  message={"role": "user", "content": text})  # fmt: skip


def called(number: int, at: str, id_: str, name: str, **input_: Any) -> dict[str, Any]:
    line = billed(number, at, OPUS, output=100, stop="tool_use")
    line["message"]["content"] = [{"type": "tool_use", "id": id_, "name": name, "input": input_}]
    return line


def ended(number: int, at: str, id_: str, result: Any, *, is_error: bool = False) -> dict[str, Any]:
    word = "it failed" if is_error else "done"
    content = [{"type": "tool_result", "tool_use_id": id_, "content": word, "is_error": is_error}]
    return spoken(type="user", uuid=f"r-{number}", timestamp=at, toolUseResult=result,
                  message={"role": "user", "content": content})  # fmt: skip


def edited(path: str, added: int) -> dict[str, Any]:
    hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": added, "lines": ["-a", *["+b"] * added]}
    return {"filePath": path, "oldString": "a", "newString": "b", "structuredPatch": [hunk]}


def known() -> list[dict[str, Any]]:
    """Two prompts, three calls of two tools of which one failed, on two days, branches and models."""
    lines = [
        asked(1, "2026-11-18T09:00:00.000Z", "mend the door"),
        called(1, "2026-11-18T09:00:10.000Z", "t1", "Edit", file_path="/src/app/door.py", old_string="a"),
        ended(1, "2026-11-18T09:00:12.000Z", "t1", edited("/src/app/door.py", 3)),
        called(2, "2026-11-18T09:01:00.000Z", "t2", "Bash", command="pytest"),
        ended(2, "2026-11-18T09:01:04.000Z", "t2", "Error: it failed", is_error=True),
        called(3, "2026-11-18T10:02:00.000Z", "t3", "Edit", file_path="/src/app/door.py", old_string="a"),
        ended(3, "2026-11-18T10:02:02.000Z", "t3", edited("/src/app/door.py", 1)),
        asked(2, "2026-11-19T09:00:00.000Z", "and the window"),
        billed(4, "2026-11-19T09:00:10.000Z", "house-model", output=7) | {"gitBranch": "topic"},
    ]
    for before, line in pairwise(lines):
        line["parentUuid"] = before["uuid"]
    return [*lines, {"type": "custom-title", "customTitle": "the house", "sessionId": SESSION}]


# An Opus answer here: 3*5 + 100*25 + 20*6.25 + 30*10 + 40*0.5 = 2,960 millionths of a dollar.
EXPECTED: list[list[list[Any]]] = [
    [["2026-11-19", 1, None, 100], ["2026-11-18", 3, 0.0089, 0]],
    [[SESSION, "the house", "/src/app", 4, 0.0089]],
    [["main", OPUS, 3, 300, 0.0089], ["main", "house-model", 1, 7, None]],
    [[OPUS, 43.0], ["house-model", 43.0]],
    [["/src/app", "main", 3, 300, "2026-11-18"], ["/src/app", "topic", 1, 7, "2026-11-19"]],
    [["2026-11-18T09:00:00.000Z", "mend the door", 3, 300], ["2026-11-19T09:00:00.000Z", "and the window", 1, 7]],
    [["Bash", 1, 1, 100.0, 4.0], ["Edit", 2, 0, 0.0, 2.0]],
    [["/src/app/door.py", 2, 4, 2]],
    [["09", 3, 207], ["10", 1, 100]],
    [["house-model", "standard", "no such model in genai-prices 0.2.3", 1]],
]


@pytest.fixture
def recorded_story(write: Callable[[list[Any]], None], run: Any) -> None:
    write(known())
    assert run("collect", "--once").returncode == 0


def test_the_queries_of_the_readme_say_what_is_so(recorded_story: None, run: Any, tmp_path: Path) -> None:
    assert len(QUESTIONS) == len(EXPECTED) == 10
    assert len({question.splitlines()[0] for question in QUESTIONS}) == 10
    for question, expected in zip(QUESTIONS, EXPECTED, strict=True):
        (tmp_path / "question.sql").write_text(question)
        done = run("sql", "--file", str(tmp_path / "question.sql"), "--json")
        assert done.returncode == 0, done.stderr
        assert [list(row.values()) for row in json.loads(done.stdout)] == expected, question


def test_each_begins_with_the_question_and_ends_in_order() -> None:
    for question in QUESTIONS:
        assert re.match(r"-- [A-Z].*\?\n", question), question
        assert "order by" in question and "*" not in question.replace("count(*)", "").replace("100.0 *", "")
