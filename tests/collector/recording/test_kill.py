"""C1: a collector that is killed at any instant loses nothing and doubles nothing."""

import sqlite3
from pathlib import Path

import pytest

from tests.collector.recording.killing import check_like_clean, kill_and_grow


def check_c1(home: Path, project: Path, kills: int, mutant: str = "none", pause_s: float = 0.003) -> None:
    """Kills over files that lie and files that grow; afterwards all rows are those of a clean recording."""
    kill_and_grow(home, project, kills, mutant, turns=15, pause_s=pause_s)
    check_like_clean(home, project.parents[2])


@pytest.mark.promise("C1")
def test_C1_a_kill_at_any_instant_loses_and_doubles_nothing(home: Path, project: Path) -> None:
    check_c1(home, project, kills=60)


@pytest.mark.full
@pytest.mark.promise("C1")
def test_C1_five_hundred_kills_lose_and_double_nothing(home: Path, project: Path) -> None:
    check_c1(home, project, kills=500, pause_s=0.05)


@pytest.mark.mutant("C1")
@pytest.mark.parametrize("mutant", ["rows-late", "cursor-late", "cursor-late-no-key"])
def test_C1_fails_for_two_transactions(tmp_path: Path, mutant: str) -> None:
    with pytest.raises((AssertionError, sqlite3.IntegrityError)):
        for number in range(10):  # no kill need have hit the gap between the two
            project = tmp_path / f"{number}" / "user" / ".claude" / "projects" / "p"
            project.mkdir(parents=True)
            check_c1(tmp_path / f"{number}" / "home", project, kills=24, mutant=mutant)
