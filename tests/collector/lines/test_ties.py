"""C3, where two lines tell of one thing: their contents decide, not which of their files is read first."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.collector.recorded import check_same, record, rows, views
from tests.collector.transcript import answer, line, prompt

ASIDE = {"isSidechain": True, "parentUuid": None}
CALL = {"type": "tool_use", "id": "t1", "name": "Edit", "input": {"file_path": "/w/a"}}


def calling(number: int, **fields: object) -> bytes:
    """An answer that calls a tool; the id of the call is always the same."""
    message = {
        "id": f"msg_{number}",
        "role": "assistant",
        "model": "m",
        "content": [CALL],
        "usage": {"output_tokens": 1},
    }
    return answer(number, **{"message": message, **fields})


def ended(number: int, lines_added: int, **fields: object) -> bytes:
    """The result of that call."""
    result = {"filePath": "/w/a", "structuredPatch": [{"lines": ["+x"] * lines_added}], "totalDurationMs": number}
    content = [{"type": "tool_result", "tool_use_id": "t1", "content": "x" * number}]
    return prompt(number, **{"message": {"role": "user", "content": content}, "toolUseResult": result, **fields})


def both_ways(number: int) -> Mapping[str, bytes]:
    """A side chain as old versions wrote it, inside the file, and as newer ones do, in a file of its own."""
    inside = prompt(number, **ASIDE) + calling(number, isSidechain=True) + ended(number + 1, 1, isSidechain=True)
    own = {"isSidechain": True, "agentId": "a1"}
    apart = prompt(number, **ASIDE | own) + calling(number, **own) + ended(number + 1, 1, **own)
    return {"s.jsonl": prompt(1) + inside, "agent-a1.jsonl": apart}


CASES: dict[str, Mapping[str, bytes]] = {
    "a side chain inside a file and in its own": both_ways(5),
    "two results of a call": {"s.jsonl": calling(1) + ended(5, 2) + ended(3, 1), "z.jsonl": ended(4, 3)},
    "two calls of one id": {"s.jsonl": calling(2) + calling(1), "z.jsonl": calling(3) + calling(0)},
    "two folders at one time": {
        "s.jsonl": prompt(1, cwd="/w/b") + prompt(2, cwd="/w/a", timestamp="2026-01-01T00:01:00.000Z"),
        "z.jsonl": prompt(3, cwd="/w/c", timestamp="2026-01-01T00:01:00.000Z"),
    },
    "a copy, and a session with a line in the file of the other": {
        "s.jsonl": prompt(2) + answer(2) + prompt(9),
        "z.jsonl": prompt(2, sessionId="z") + answer(2, sessionId="z") + prompt(5, sessionId="z") + prompt(6),
    },
    "two sessions that it was forked from": {
        "s.jsonl": prompt(1, forkedFrom={"sessionId": "q"}) + prompt(2, forkedFrom={"sessionId": "p"}),
        "z.jsonl": prompt(3, forkedFrom={"sessionId": "r"}),
    },
    "two folders that a worktree was made from": {
        "s.jsonl": b"".join(
            line(
                type="worktree-state", sessionId="s",
                worktreeSession={"originalCwd": f"/{name}", "worktreePath": "/w", "worktreeName": "w"},
            )
            for name in "cb"
        ) + prompt(1),
        "z.jsonl": prompt(2),
    },
}  # fmt: skip


def check_c3(case: Mapping[str, bytes], tmp_path: Path) -> None:
    """All at once, file by file in any order, and line by line give the same rows."""
    folder = tmp_path / "user" / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    grown = []
    for number, order in enumerate(itertools.permutations(case)):
        for path in folder.iterdir():
            path.unlink()
        home = tmp_path / f"home{number}"
        for name in order:
            for each in case[name].splitlines(keepends=True):
                with open(folder / name, "ab") as file:
                    file.write(each)
                record(home, tmp_path / "user")
        grown.append(views(home))
    record(tmp_path / "once", tmp_path / "user")
    for found in grown:
        check_same(found, views(tmp_path / "once"))


@pytest.mark.promise("C3")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_C3_the_order_of_files_decides_nothing(case: Mapping[str, bytes], tmp_path: Path) -> None:
    check_c3(case, tmp_path)


def test_what_both_tell_is_told_of_one_run(tmp_path: Path) -> None:
    check_c3(CASES["a side chain inside a file and in its own"], tmp_path)
    told = "select distinct run_id from {} where run_id <> 'main'"
    for view in ("tool_calls", "responses", "activity"):
        assert rows(tmp_path / "once", told.format(view)) == [("a1",)]
