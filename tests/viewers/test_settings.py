"""`fleetmeter hooks` and `fleetmeter statusline` as a user meets them: shown, asked, done, told."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from collector.doors.http_door import HttpDoor
from collector.doors.receiver import routes
from collector.files.discover import Root
from collector.sources import all_sources
from store.http_token import token
from tests.collector.doors.otlp_wire import ask, request

OLD = '{\n  "statusLine": {"type": "command", "command": "date"}\n}\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of an agent that was started before."""
    path = tmp_path / "home" / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text(OLD)
    return path


def test_what_would_change_is_shown_and_not_done(settings: Path, home: Path, run: Any) -> None:
    done = run("hooks", "install", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith(f"--- {settings}\n") and '+    "PreToolUse": [' in done.stdout
    assert [line for line in done.stdout.splitlines() if line[:2] == "- "] == ["- " + OLD.splitlines()[1][1:]]
    assert settings.read_text() == OLD and not home.exists()


def test_nothing_is_done_where_nobody_can_be_asked(settings: Path, run: Any) -> None:
    done = run("hooks", "install")
    assert done.returncode == 1
    assert "--yes" in done.stderr and "@@" in done.stdout
    assert settings.read_text() == OLD


@pytest.mark.parametrize(("answer", "code", "is_done"), [(b"y\n", 0, True), (b"\n", 1, False), (b"no\n", 1, False)])
def test_a_person_is_asked(
    answer: bytes, code: int, is_done: bool, settings: Path, command: list[str], tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        [*command, "statusline", "install"], stdin=theirs, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == code and "[y/N]" in done.stderr
    assert ("status_line.py" in settings.read_text()) == is_done


@pytest.mark.parametrize("what", ["hooks", "statusline", "telemetry"])
def test_entries_come_and_go(what: str, settings: Path, home: Path, run: Any) -> None:
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("[telemetry]\nport = 43210\n")
    assert run(what, "status").stdout == f"claude: {settings}: not installed\n"
    done = run(what, "install", "--yes", "--agent", "claude")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"installed: {settings}")
    assert run(what, "status").stdout == f"claude: {settings}: installed\n"
    assert "nothing to do" in run(what, "install", "-y").stdout
    told = json.loads(run(what, "uninstall", "-y", "--json").stdout)
    (file,) = told["files"]
    assert told["schemaVersion"] == 1 and file["path"] == str(settings)
    assert (file["changed"], file["standing"]) == (True, "not installed")
    assert settings.read_text() == OLD


def test_a_data_folder_of_the_users_choice_is_said_to_the_sender(settings: Path, run: Any, tmp_path: Path) -> None:
    run("hooks", "install", "--yes", FLEETMETER_HOME=str(tmp_path / "my data"))
    hook = json.loads(settings.read_text())["hooks"]["PreToolUse"][0]["hooks"][0]
    environ = {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["/bin/sh", "-c", hook["command"]], input=b"{}", env=environ, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert hook["async"] and list((tmp_path / "my data").rglob("*.feed"))


def test_hooks_that_post_are_heard(settings: Path, home: Path, run: Any) -> None:
    told = run("hooks", "install", "--yes", "--http")
    assert told.returncode == 1 and "[telemetry]" in told.stderr and settings.read_text() == OLD
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("[telemetry]\nport = 43210\n")
    assert run("hooks", "install", "--yes", "--http").returncode == 0
    hooks = json.loads(settings.read_text())["hooks"]
    (post,) = hooks["Stop"][0]["hooks"]
    target = post["url"].removeprefix("http://127.0.0.1:43210")
    assert (post["type"], post["timeout"]) == ("http", 2) and hooks["SessionStart"][0]["hooks"][0]["type"] == "command"
    place = Root(next(one for one in all_sources() if one.agent == "claude"), str(settings.parent), "x", ("/",), ())
    door = HttpDoor(str(home), 0, token(home), routes([place]))
    try:
        assert ask(door.port, request(target, b'{"session_id": "s", "hook_event_name": "Stop"}')) == (200, b"")
    finally:
        door.close()
    assert list(home.rglob("*.feed"))
    assert run("hooks", "status").stdout == f"claude: {settings}: installed, the other way: with or without `--http`\n"
    assert run("hooks", "install", "--yes").returncode == 0
    assert '"url"' not in settings.read_text()
    run("hooks", "install", "--yes", "--http")
    assert run("hooks", "uninstall", "--yes").returncode == 0
    assert settings.read_text() == OLD


def test_where_to_export_to_is_said_to_every_agent(settings: Path, home: Path, run: Any) -> None:
    codex = settings.parents[1] / ".codex" / "config.toml"
    codex.parent.mkdir()
    codex.write_text("model = 'x'\n")
    told = run("telemetry", "install", "--yes")
    assert told.returncode == 1 and "port = 4328" in told.stderr and settings.read_text() == OLD
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("[telemetry]\nport = 43210\n")
    told = run("telemetry", "install", "--yes")
    assert told.returncode == 0 and told.stderr.count("fleetmeter start") == 1
    assert '"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:43210"' in settings.read_text()
    assert "endpoint = 'http://127.0.0.1:43210/v1/logs'" in codex.read_text()
    assert run("telemetry", "uninstall", "--yes", "--agent", "codex").returncode == 0
    assert run("telemetry", "status").stdout.splitlines() == [
        f"claude: {settings}: installed", f"codex: {codex}: not installed"
    ]  # fmt: skip
    run("telemetry", "uninstall", "--yes")
    assert (settings.read_text(), codex.read_text()) == (OLD, "model = 'x'\n")


def test_trouble_with_one_file_does_not_keep_the_others(settings: Path, run: Any, tmp_path: Path) -> None:
    other = tmp_path / "other" / "settings.json"
    other.parent.mkdir()
    other.write_text("{,}")
    done = run("hooks", "install", "--yes", CLAUDE_CONFIG_DIR=str(other.parent))
    assert done.returncode == 1
    assert "line 1, column 2" in done.stderr and "Traceback" not in done.stderr
    assert other.read_text() == "{,}" and "emit.py" in settings.read_text()


@pytest.mark.parametrize(
    ("words", "near"),
    [("hooks remove", "uninstall"), ("hooks install --agent none", "claude"),
     ("statusline status --agent codex", "claude"), ("hooks status --project /none/such", "/none/such")],
)  # fmt: skip
def test_what_cannot_be_is_told(words: str, near: str, run: Any) -> None:
    done = run(*words.split())
    assert done.returncode == 2 and near in done.stderr and len(done.stderr.splitlines()) <= 2


def test_without_an_agent_it_says_so(run: Any) -> None:
    done = run("hooks", "install", "--yes")
    assert done.returncode == 0 and "no agent is here" in done.stderr
