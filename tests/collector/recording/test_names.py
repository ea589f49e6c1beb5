"""The user's names for accounts, devices and projects: laid over what is recorded, and followed when they change."""

import json
from pathlib import Path

import pytest

from collector.recording.once import collect_once
from store.database import open_reader
from store.errors import FleetmeterError


def line(cwd: str, number: int) -> str:
    """A prompt typed in a folder, on the main branch."""
    return json.dumps(
        {
            "type": "user",
            "uuid": f"u{number}",
            "sessionId": f"s{number}",
            "cwd": cwd,
            "gitBranch": "main",
            "timestamp": f"2026-03-01T10:0{number}:00.000Z",
            "message": {"role": "user", "content": "do it"},
        }
    )


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """A home in which two sessions ran, in a repository and in a folder below it."""
    folder = tmp_path / "user"
    project = folder / ".claude" / "projects" / "p"
    project.mkdir(parents=True)
    for number, cwd in enumerate(("/src/app", "/src/app/web")):
        (project / f"s{number}.jsonl").write_text(line(cwd, number) + "\n", "utf-8")
    return folder


def recorded(home: Path, user: Path) -> list[tuple[str, str, str]]:
    collect_once(str(home), {}, str(user))
    reader = open_reader(home)
    rows = reader.execute("select session_id, project, account from sessions order by session_id").fetchall()
    reader.close()
    return rows


def config(home: Path, text: str) -> None:
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "config.toml").write_text(text, "utf-8")


def test_a_folder_below_a_repository_is_one_project_with_it(home: Path, user: Path) -> None:
    assert recorded(home, user) == [("s0", "/src/app", ".claude"), ("s1", "/src/app", ".claude")]


@pytest.mark.parametrize("key", ["/src/app", "app"])
def test_a_project_has_the_name_that_the_user_gives_it(home: Path, user: Path, key: str) -> None:
    config(home, f'[projects]\n"{key}" = "The App"\n')
    assert {project for _, project, _ in recorded(home, user)} == {"The App"}


def test_a_change_of_names_is_followed_without_reading_anything_again(home: Path, user: Path) -> None:
    recorded(home, user)
    config(home, f'[projects]\n"/src/app" = "App"\n[accounts]\n"{user / ".claude"}" = "work"\n')
    assert recorded(home, user) == [("s0", "App", "work"), ("s1", "App", "work")]
    config(home, "")
    assert recorded(home, user) == [("s0", "/src/app", ".claude"), ("s1", "/src/app", ".claude")]


def test_a_home_whose_dotfiles_are_in_git_swallows_no_project(
    home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = user / ".claude" / "projects" / "p"
    for number, cwd in enumerate(("/src", "/src/lib", "/"), 2):
        (project / f"s{number}.jsonl").write_text(line(cwd, number) + "\n", "utf-8")
    monkeypatch.setenv("HOME", "/src")
    projects = [project for _, project, _ in recorded(home, user)]
    assert projects == ["/src/app", "/src/app", "/src", "/src/lib", "/"]


def test_the_device_is_one_and_the_same_on_every_look(home: Path, user: Path) -> None:
    for name in ("desk", "lap"):
        config(home, f'device_name = "{name}"\n')
        recorded(home, user)
    reader = open_reader(home)
    assert reader.execute("select count(*), max(name) from device").fetchone() == (1, "lap")
    reader.close()


def test_a_root_of_the_configuration_is_looked_at_too(home: Path, user: Path, tmp_path: Path) -> None:
    more = tmp_path / "backup" / "projects" / "q"
    more.mkdir(parents=True)
    (more / "s7.jsonl").write_text(line("/srv/other", 7) + "\n", "utf-8")
    config(home, f'[roots]\nclaude = ["{tmp_path / "backup"}"]\n')
    assert ("s7", "/srv/other", "backup") in recorded(home, user)


@pytest.mark.parametrize("roots", ['clod = ["/backup"]', 'claude = ["backup"]'])
def test_a_root_that_nobody_would_look_in_is_refused(home: Path, user: Path, roots: str) -> None:
    config(home, f"[roots]\n{roots}\n")
    with pytest.raises(FleetmeterError, match=r"config\.toml.*roots"):
        collect_once(str(home), {}, str(user))
