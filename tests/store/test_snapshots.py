"""S1: whoever reads sees rows, sums and cursors of one instant, whatever is killed meanwhile."""

from pathlib import Path

import pytest

from tests.collector.recording.killing import check_like_clean, kill_and_grow


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of one project's transcripts."""
    folder = tmp_path / "user" / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    return folder


def check_looks(home: Path, project: Path, kills: int, mutant: str = "none", pause_s: float = 0.01) -> int:
    """Two readers look all the time while a collector writes and is killed: no look disagrees with itself."""
    seen = kill_and_grow(home, project, kills, mutant, turns=4, readers=2, pause_s=pause_s)
    assert [watcher["wrong"] for watcher in seen] == [0, 0], seen
    return sum(watcher["looks"] for watcher in seen)


def check_s1(home: Path, project: Path, kills: int, looks: int, pause_s: float = 0.01) -> None:
    """They looked often enough, and afterwards all is as in a clean recording."""
    assert check_looks(home, project, kills, pause_s=pause_s) >= looks
    check_like_clean(home, project.parents[2])


@pytest.mark.promise("S1")
def test_S1_readers_see_one_instant(home: Path, project: Path) -> None:
    check_s1(home, project, kills=24, looks=200)


@pytest.mark.full
@pytest.mark.promise("S1")
def test_S1_twenty_thousand_looks_see_one_instant(home: Path, project: Path) -> None:
    check_s1(home, project, kills=500, looks=20_000, pause_s=0.2)


@pytest.mark.mutant("S1")
@pytest.mark.parametrize("mutant", ["cursor-late-no-key", "sums-late"])
def test_S1_fails_for_two_transactions(tmp_path: Path, mutant: str) -> None:
    with pytest.raises(AssertionError, match="wrong"):
        for number in range(10):  # no look need have hit the gap between the two
            project = tmp_path / f"{number}" / "user" / ".claude" / "projects" / "p"
            project.mkdir(parents=True)
            check_looks(tmp_path / f"{number}" / "home", project, kills=16, mutant=mutant)
