"""Accounts by name: two folders of one name are told apart, also when they are never looked at together."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from collector.recording.once import collect_once
from store.database import open_reader


def write(root: Path, session: str) -> None:
    """A session below a configuration folder."""
    line = {
        "type": "user", "uuid": session, "sessionId": session, "cwd": "/src/app",
        "timestamp": "2026-03-01T10:00:00.000Z", "message": {"role": "user", "content": "go"},
    }  # fmt: skip
    path = root / "projects" / "p" / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(line) + "\n", "utf-8")


def accounts(home: Path) -> dict[str, str]:
    """Session → account."""
    with closing(open_reader(home)) as reader:
        return dict(reader.execute("select session_id, account from sessions").fetchall())


@pytest.fixture
def other(user: Path, tmp_path: Path) -> Path:
    """A second folder called .claude, on another disk."""
    write(user / ".claude", "mine")
    write(tmp_path / "disk" / ".claude", "other")
    return tmp_path / "disk" / ".claude"


def test_one_folder_is_called_by_its_name(home: Path, user: Path) -> None:
    write(user / ".claude", "mine")
    collect_once(str(home), {}, str(user))
    assert accounts(home) == {"mine": ".claude"}


def test_two_folders_of_one_name_are_called_by_their_paths(home: Path, user: Path, other: Path) -> None:
    environ = {"CLAUDE_CONFIG_DIR": str(other)}
    for _ in range(2):
        collect_once(str(home), environ, str(user))
        assert accounts(home) == {"mine": "~/.claude", "other": str(other)}


def test_they_are_told_apart_when_each_look_sees_one(home: Path, user: Path, other: Path, tmp_path: Path) -> None:
    collect_once(str(home), {}, str(user))
    assert accounts(home) == {"mine": ".claude"}
    collect_once(str(home), {"CLAUDE_CONFIG_DIR": str(other)}, str(tmp_path / "nobody"))
    assert accounts(home) == {"mine": str(user / ".claude"), "other": str(other)}
    collect_once(str(home), {}, str(user))
    assert accounts(home) == {"mine": "~/.claude", "other": str(other)}


def test_the_name_that_the_user_gives_stays(home: Path, user: Path, other: Path) -> None:
    (home / "config.toml").write_text(f'[accounts]\n"{other}" = ".claude"\n', "utf-8")
    collect_once(str(home), {"CLAUDE_CONFIG_DIR": str(other)}, str(user))
    assert accounts(home) == {"mine": "~/.claude", "other": ".claude"}


def test_two_folders_may_be_given_one_name(home: Path, user: Path, other: Path) -> None:
    (home / "config.toml").write_text(f'[accounts]\n"{other}" = "work"\n"{user / ".claude"}" = "work"\n', "utf-8")
    collect_once(str(home), {"CLAUDE_CONFIG_DIR": str(other)}, str(user))
    assert accounts(home) == {"mine": "work", "other": "work"}
