"""A file that was removed is gone; one whose disk, root or permission is gone is only out of reach, and comes back."""

import json
import os
from pathlib import Path

import pytest

from tests.collector.recorded import record, rows, source


def line(number: int) -> str:
    return json.dumps(
        {
            "type": "user", "uuid": f"u{number}", "sessionId": "s", "cwd": "/src/app",
            "timestamp": f"2026-03-01T10:0{number}:00.000Z", "message": {"role": "user", "content": "go"},
        }
    ) + "\n"  # fmt: skip


@pytest.fixture
def path(project: Path, home: Path, user: Path) -> Path:
    """A transcript that was read."""
    found = project / "s.jsonl"
    found.write_text(line(1), "utf-8")
    record(home, user)
    return found


def test_a_removed_file_is_gone(path: Path, home: Path, user: Path) -> None:
    path.unlink()
    record(home, user)
    assert source(home, path)["state"] == "gone"


def test_a_file_below_a_missing_root_is_unreachable(path: Path, home: Path, user: Path) -> None:
    (user / ".claude").rename(user / "away")
    for _ in range(2):
        record(home, user)
        found = source(home, path)
        assert found["state"] == "unreachable"
        assert found["reason"] == f"{user / '.claude' / 'projects'}: No such file or directory"
    assert rows(home, "select count(*) from prompts") == [(1,)]


def test_it_is_read_on_where_it_comes_back(path: Path, home: Path, user: Path) -> None:
    (user / ".claude").rename(user / "away")
    record(home, user)
    (user / "away").rename(user / ".claude")
    with path.open("a", encoding="utf-8") as file:
        file.write(line(2))
    record(home, user)
    found = source(home, path)
    assert (found["state"], found["reason"], found["generation"], found["records"]) == ("read", None, 1, 2)


def test_it_is_gone_where_the_root_comes_back_without_it(path: Path, home: Path, user: Path) -> None:
    (user / ".claude").rename(user / "away")
    record(home, user)
    path.parent.mkdir(parents=True)
    record(home, user)
    assert source(home, path)["state"] == "gone"


def test_a_gone_file_stays_gone_while_its_root_is_missing(path: Path, home: Path, user: Path) -> None:
    path.unlink()
    record(home, user)
    (user / ".claude").rename(user / "away")
    record(home, user)
    assert source(home, path)["state"] == "gone"


def test_a_root_that_this_look_does_not_include_says_nothing(path: Path, home: Path, tmp_path: Path) -> None:
    record(home, tmp_path / "nobody")
    assert source(home, path)["state"] == "read"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root; the same is tested through the command line")
def test_a_file_below_a_closed_folder_is_unreachable(path: Path, home: Path, user: Path) -> None:
    path.parent.chmod(0)
    try:
        record(home, user)
    finally:
        path.parent.chmod(0o700)
    found = source(home, path)
    assert (found["state"], found["reason"]) == ("unreachable", f"{path.parent}: Permission denied")
