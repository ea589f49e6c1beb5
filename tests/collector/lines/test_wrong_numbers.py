"""Causes of wrong numbers that users of other tools complained of, where no golden case names them already."""

from pathlib import Path
from typing import Any

from tests.collector.claude_tree import lay_tree
from tests.collector.recorded import record, rows
from tests.collector.transcript import SESSION, answer, line, prompt

COLUMNS = "sum(responses), sum(lower_bounds), sum(input_tokens), sum(cache_read_tokens), sum(output_tokens)"
QUARTERS = f"select at, model, {COLUMNS} from usage_quarter_hours group by 1, 2 order by 1, 2"  # noqa: S608 - columns


def of_model(number: int, model: str, **fields: Any) -> bytes:
    return answer(number, **fields).replace(b"claude-opus-4-8", model.encode())


def test_an_agent_of_another_model_is_counted_under_that(project: Path, home: Path, user: Path) -> None:
    """USERS 7."""
    (project / SESSION / "subagents").mkdir(parents=True)
    (project / f"{SESSION}.jsonl").write_bytes(prompt(1) + of_model(1, "large") + of_model(2, "middle"))
    agent = of_model(3, "small", isSidechain=True, agentId="a1")
    (project / SESSION / "subagents" / "agent-a1.jsonl").write_bytes(agent)
    record(home, user)
    expected = [("large", "main", 1), ("middle", "main", 1), ("small", "subagent", 1)]
    assert rows(home, "select model, run_kind, count(*) from responses group by 1, 2 order by 1") == expected
    assert rows(home, "select model, run_kind, responses from usage_quarter_hours order by 1") == expected


def test_a_snapshot_of_an_answer_is_no_answer(project: Path, home: Path, user: Path) -> None:
    """USERS 10."""
    usage = {"input_tokens": 5, "output_tokens": 5}
    message = {"id": "msg_2", "role": "assistant", "model": "m", "usage": usage, "content": []}
    snapshot = line(type="file-history-snapshot", messageId="a1", snapshot={"message": message}, message=message)
    (project / f"{SESSION}.jsonl").write_bytes(snapshot + prompt(1) + answer(1) + snapshot)
    record(home, user)
    assert rows(home, "select message_id from responses") == [("msg_1",)]


def test_a_first_line_may_be_very_long(project: Path, home: Path, user: Path) -> None:
    """USERS 20."""
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1, "word" * 500_000) + answer(1))
    record(home, user)
    with open(path, "ab") as file:
        file.write(answer(2))
    record(home, user)
    assert rows(home, "select chars from prompts") == [(2_000_000,)]
    assert rows(home, "select count(*) from responses") == [(2,)]
    assert rows(home, "select state, generation from sources") == [("read", 1)]


def test_no_sum_shrinks_when_files_are_pruned(project: Path, home: Path, user: Path) -> None:
    """USERS 35, 36: the quarter hours that any zone's days are made of stay, also those of a day half deleted."""
    growing = list(lay_tree(project, turns=6))
    record(home, user)
    before = rows(home, QUARTERS)
    for path in growing[::2]:
        path.unlink()
    for path in growing[1::2]:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[len(lines) // 2 :]))
    record(home, user)
    assert rows(home, QUARTERS) == before
    assert {row[0] for row in rows(home, "select distinct state from sources")} == {"gone", "read"}


def test_a_branch_is_a_branch_of_its_repository(project: Path, home: Path, user: Path) -> None:
    """USERS 41: two repositories have a branch of one name; a long session is split by message."""
    places = [(1, "/src/app", "main"), (2, "/src/app", "fix"), (3, "/src/app", "main")]
    lines = [answer(number, cwd=cwd, gitBranch=branch) for number, cwd, branch in places]
    (project / f"{SESSION}.jsonl").write_bytes(b"".join(lines))
    (project / "t.jsonl").write_bytes(answer(4, cwd="/src/lib", gitBranch="main", sessionId="t"))
    record(home, user)
    assert rows(home, "select project, branch, count(*) from responses group by 1, 2 order by 1, 2") == [
        ("/src/app", "fix", 1),
        ("/src/app", "main", 2),
        ("/src/lib", "main", 1),
    ]


def test_all_views_agree_on_the_sums(project: Path, home: Path, user: Path) -> None:
    """USERS 50."""
    lay_tree(project, turns=6)
    record(home, user)
    counted = COLUMNS.replace("sum(responses), sum(lower_bounds)", "sum(not is_nested), sum(is_lower_bound)")
    (expected,) = rows(home, f"select {counted} from responses")  # noqa: S608 - columns
    assert rows(home, f"select {COLUMNS} from usage_quarter_hours") == [expected]  # noqa: S608 - columns
    assert rows(home, f"select {COLUMNS} from sessions") == [expected]  # noqa: S608 - columns
