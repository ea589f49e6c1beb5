"""The same tree gives the same rows, however it came: at once, line by line, cut anywhere, twice, in any order."""

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.collector.published import CORPUS, lay, needed, tree
from tests.collector.recorded import Rows, check_same, record, views

REAL = (
    "claude/resume", "claude/subagents", "claude/workflow_headless", "claude/interrupt", "claude/accounting",
    "claude/usagefiles", "claude/autocompact", "claude/statscache", "codex/tui", "codex/agents_v1",
    "codex/resume_fork", "codex/legacy_0_58_0", "codex/legacy_0_135_0", "codex/legacy_0_135_0_migrated",
    "codex/legacy_0_155_0",
)  # fmt: skip
# Made by hand: forks, resumed and repeated histories, old side chains, agents and workflows, sharing ids at will.
MADE = ("dag_*", "dedup_*", "sidechain*", "session_b*", "system_*", "task_id_*", "workflow_*", "teammates", "async_*")
HOMES = (*REAL, "made")

pytestmark = needed
Files = Mapping[Path, bytes]
Growth = Callable[[Files, random.Random], Iterator[tuple[Path, bytes]]]


def files_of(name: str, user: Path) -> Files:
    """The files of one small home, by where they belong below a user's folder."""
    if name == "made":
        place = user / ".claude" / "projects" / "p"
        place.mkdir(parents=True)
        made = CORPUS / "claude" / "claude-code-log"
        for found in sorted(path for pattern in MADE for path in made.glob(pattern)):
            _ = shutil.copytree(found, place / found.name) if found.is_dir() else shutil.copy(found, place)
    else:
        lay(tree(f"real-clients/{name}"), user)
    trees = (user / ".claude" / "projects", user / ".codex")
    found = sorted(path for tree in trees for path in tree.rglob("*") if path.is_file())
    return {path.relative_to(user): path.read_bytes() for path in found}


# How a tree grows: the files to write one after the other, each with all it holds by then.


def line_by_line(files: Files, dice: random.Random) -> Iterator[tuple[Path, bytes]]:
    """One line more at each look, of any file."""
    yield from _grown(files, dice, lambda content: content.splitlines(keepends=True))


def cut_anywhere(files: Files, dice: random.Random) -> Iterator[tuple[Path, bytes]]:
    """Some bytes more at each look, of any file, without regard to lines."""

    def pieces(content: bytes) -> list[bytes]:
        cuts = sorted(dice.randrange(len(content) + 1) for _ in range(dice.randrange(6)))
        return [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]

    yield from _grown(files, dice, pieces)


def file_by_file(files: Files, dice: random.Random) -> Iterator[tuple[Path, bytes]]:
    """One file more at each look, whole, in any order: also forks before what they were forked from."""
    yield from dice.sample(sorted(files.items()), len(files))


def _grown(files: Files, dice: random.Random, pieces: Callable[[bytes], list[bytes]]) -> Iterator[tuple[Path, bytes]]:
    whole = {path: content for path, content in files.items() if path.suffix != ".jsonl"}
    left = {path: [content] for path, content in whole.items()}
    left |= {path: pieces(content) for path, content in files.items() if path not in whole}
    shown = dict.fromkeys(files, b"")
    while left:
        path = dice.choice(sorted(left))
        for _ in range(dice.choice((1, 1, 4))):  # of one file, some pieces in a row
            if not left.get(path):
                left.pop(path, None)
                break
            shown[path] += left[path].pop(0)
            yield path, shown[path]


def check_growth(grow: Growth, files: Files, seed: int, expected: dict[str, Rows], folder: Path) -> None:
    """Record after every step of the growth: in the end the rows are those of the whole tree, recorded at once."""
    home, user = folder / "home", folder / "user"
    for path, content in grow(files, random.Random(seed)):
        place = user / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "r+b" if place.exists() else "xb") as file:
            file.seek(0, 2)
            file.write(content[file.tell() :])
        record(home, user)
    check_same(views(home), expected)


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Files, dict[str, Rows]]:
    """A tree, and what it gives when it is recorded at once."""
    user = tmp_path / "grown" / "user"
    files = files_of(request.param, user)
    record(tmp_path / "grown" / "home", user)
    expected = views(tmp_path / "grown" / "home")
    shutil.rmtree(user)
    return files, expected


def at_same_place(tmp_path: Path) -> Path:
    """A fresh database for files that lie where they lay before: views name their paths."""
    folder = tmp_path / "grown"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "user").mkdir(parents=True)
    return folder


each_growth = pytest.mark.parametrize("grow", [line_by_line, cut_anywhere, file_by_file])
each_home = pytest.mark.parametrize("stage", HOMES, indirect=True)


@pytest.mark.promise("C3")
@each_growth
@each_home
def test_C3_any_growth_gives_the_same_rows(stage: tuple[Files, dict[str, Rows]], grow: Growth, tmp_path: Path) -> None:
    check_growth(grow, stage[0], 1, stage[1], at_same_place(tmp_path))


@pytest.mark.full
@pytest.mark.promise("C3")
@pytest.mark.parametrize("seed", range(2, 22))
@each_growth
@each_home
def test_C3_any_growth_gives_the_same_rows_many_times(
    stage: tuple[Files, dict[str, Rows]], grow: Growth, seed: int, tmp_path: Path
) -> None:
    check_growth(grow, stage[0], seed, stage[1], at_same_place(tmp_path))


@each_home
def test_a_second_look_reads_nothing_and_changes_nothing(stage: tuple[Files, dict[str, Rows]], tmp_path: Path) -> None:
    folder = at_same_place(tmp_path)
    for path, content in stage[0].items():
        (folder / "user" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "user" / path).write_bytes(content)
    for expected in (len(stage[0]), 0, 0):
        summary = record(folder / "home", folder / "user")
        assert summary.changed <= expected
        check_same(views(folder / "home"), stage[1])
    assert summary.bytes == summary.records == summary.responses == 0
