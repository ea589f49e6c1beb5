"""The golden trees of the other agents, however they come: line by line, cut anywhere, twice, in any order."""

import json
import shutil
from pathlib import Path

import pytest

from tests.collector.recorded import Rows, check_same, record, rows, views
from tests.collector.recording.test_order import Files, Growth, at_same_place, check_growth, each_growth

AGENTS = ("gemini", "qwen", "pi")
FOLDER = Path(__file__).parent
CASES = [
    path.parent
    for agent in AGENTS
    for path in sorted((FOLDER / agent).glob("*/expected.json"))
    if "environ" not in json.loads(path.read_text("utf-8"))
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Files, dict[str, Rows]]:
    """A tree, and what it gives when it is recorded at once."""
    user = tmp_path / "grown" / "user"
    shutil.copytree(request.param / "user", user)
    record(tmp_path / "grown" / "home", user)
    expected = views(tmp_path / "grown" / "home")
    files = {path.relative_to(user): path.read_bytes() for path in sorted(user.rglob("*")) if path.is_file()}
    return files, expected


@pytest.mark.promise("C3")
@each_growth
def test_C3_any_growth_gives_the_same_rows(stage: tuple[Files, dict[str, Rows]], grow: Growth, tmp_path: Path) -> None:
    check_growth(grow, stage[0], 1, stage[1], at_same_place(tmp_path))


@pytest.mark.full
@pytest.mark.promise("C3")
@pytest.mark.parametrize("seed", range(2, 22))
@each_growth
def test_C3_any_growth_gives_the_same_rows_many_times(
    stage: tuple[Files, dict[str, Rows]], grow: Growth, seed: int, tmp_path: Path
) -> None:
    check_growth(grow, stage[0], seed, stage[1], at_same_place(tmp_path))


def test_a_second_look_reads_nothing_and_changes_nothing(stage: tuple[Files, dict[str, Rows]], tmp_path: Path) -> None:
    folder = tmp_path / "grown"
    record(folder / "home", folder / "user")
    summary = record(folder / "home", folder / "user")
    assert summary.bytes == summary.records == summary.responses == 0
    check_same(views(folder / "home"), stage[1])


def test_every_line_written_twice_counts_once(stage: tuple[Files, dict[str, Rows]], tmp_path: Path) -> None:
    folder = at_same_place(tmp_path)
    for path, content in stage[0].items():
        place = folder / "user" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        lines = content.splitlines(keepends=True) if path.suffix == ".jsonl" else [content]
        place.write_bytes(b"".join(line * (2 if path.suffix == ".jsonl" else 1) for line in lines))
    record(folder / "home", folder / "user")
    found = views(folder / "home")
    assert [row[:-1] for row in found["responses"]] == [row[:-1] for row in stage[1]["responses"]]  # but for its place
    assert found["usage_quarter_hours"] == stage[1]["usage_quarter_hours"]
    assert found["sessions"] == stage[1]["sessions"]


BILLED = "select sum(responses), sum(input_tokens), sum(output_tokens) from usage_quarter_hours"


def laid(case: str, user: Path) -> Path:
    """The first file of lines of a golden case, as a user has it."""
    shutil.copytree(FOLDER / case / "user", user, dirs_exist_ok=True)
    return min(user.rglob("*.jsonl"), key=lambda path: (len(path.parts), path))


def test_a_title_rewritten_in_place_is_told_and_bills_nothing_again(home: Path, user: Path) -> None:
    path = laid("pi/other_program", user)
    record(home, user)
    billed = rows(home, BILLED)
    path.write_bytes(path.read_bytes().replace(b"A title", b"A  name", 1).replace(b"10:00:00", b"10:00:05", 1))
    record(home, user)
    assert rows(home, BILLED) == billed
    assert rows(home, "select title from sessions") == [("A  name",)]


@pytest.mark.parametrize("case", ["real", "answers_told_twice", "rewind_and_branch", "thoughts_beside_the_output"])
def test_a_rewrite_that_drops_its_telemetry_bills_nothing_again(case: str, home: Path, user: Path) -> None:
    path = laid(f"qwen/{case}", user)
    record(home, user)
    billed, lines = rows(home, BILLED), path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"ui_telemetry"' not in line]
    assert len(kept) < len(lines)
    path.write_bytes(b"".join(kept))
    assert record(home, user).records == len(kept), "it is read anew"
    assert rows(home, BILLED) == billed


def test_entries_that_are_given_ids_are_not_billed_again(home: Path, user: Path) -> None:
    path = laid("pi/before_ids", user)
    record(home, user)
    billed = rows(home, BILLED)
    head, *lines = map(json.loads, path.read_text("utf-8").splitlines())
    named = [
        {**line, "id": f"0000000{n}", "parentId": f"0000000{n - 1}" if n else None} for n, line in enumerate(lines)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in ({**head, "version": 3}, *named)), "utf-8")
    record(home, user)
    assert rows(home, BILLED) == billed
