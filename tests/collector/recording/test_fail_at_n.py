"""C2: whichever call of a recording fails, whole batches are rolled back and the next recording makes good."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.collector.claude_tree import described, lay_tree, session_id
from tests.collector.recorded import record

CHILD = Path(__file__).with_name("fail_child.py")


def check_c2(project: Path, tmp_path: Path, mutant: str = "none", steps: tuple[int, int] = (23, 7)) -> None:
    """Fail a call, record again, compare; then the next call: of a first recording, and of one that finds news."""
    user, work = project.parents[2], tmp_path / "work"
    work.mkdir()
    growing = lay_tree(project, turns=2)
    record(work / "recorded", user)
    first, second, *_ = growing
    with first.open("ab") as file:
        file.write(growing[first].turns(1))
    second.write_bytes(growing[second].turns(1))  # rewritten
    (project / f"{session_id(3)}.jsonl").rename(project / f"{session_id(9)}.jsonl")
    next(project.rglob("agent-a1111.meta.json")).write_bytes(described("of other words"))
    lay_tree(project / "new", turns=1, first=11)
    command = [sys.executable, CHILD, mutant, user, work, "before,after,full", *map(str, steps)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    for recording, minimum in (("birth", 150), ("news", 100)):
        assert found[recording]["calls"] >= minimum
        assert found[recording]["wrong"] == [], recording


@pytest.mark.promise("C2")
def test_C2_any_call_that_fails_is_made_good(project: Path, tmp_path: Path) -> None:
    check_c2(project, tmp_path)


@pytest.mark.full
@pytest.mark.promise("C2")
def test_C2_every_call_that_fails_in_every_way_is_made_good(project: Path, tmp_path: Path) -> None:
    check_c2(project, tmp_path, steps=(1, 1))


@pytest.mark.mutant("C2")
def test_C2_fails_for_a_transaction_that_commits_on_error(project: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"birth|news"):
        check_c2(project, tmp_path, "commits-on-error", steps=(1000, 5))
