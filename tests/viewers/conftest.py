"""A home with a few lines of history, and the command line as a user runs it: a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# What the console script does; the tests may run from a checkout that is not installed.
SCRIPT = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from viewers.cli import main; main()"
COMMAND = [sys.executable, "-c", SCRIPT]

NOW = datetime(2026, 11, 20, 15, 10, tzinfo=UTC)
SESSION = "5f3c0000-0000-4000-8000-000000000001"

Run = Callable[..., subprocess.CompletedProcess[str]]


def spoken(**more: Any) -> dict[str, Any]:
    """A line of a transcript with what every line has."""
    return {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/src/app",
        "sessionId": SESSION,
        "version": "2.1.49",
        "gitBranch": "main",
        **more,
    }


def billed(
    number: int, at: str | None, model: str = "model-a", *, output: int = 10, stop: str | None = "end_turn"
) -> Any:
    """One billed answer: 3 in, `output` out, 20 written for 5 minutes, 30 for an hour, 40 read."""
    usage = {
        "input_tokens": 3,
        "output_tokens": output,
        "cache_creation_input_tokens": 50,
        "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
        "cache_read_input_tokens": 40,
    }
    message = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": "done"}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }
    line = spoken(type="assistant", uuid=f"a-{number}", requestId=f"req_{number}", message=message)
    return line | ({"timestamp": at} if at else {})


HISTORY = [
    spoken(type="user", uuid="u-1", timestamp="2026-11-18T09:59:00.000Z", message={"role": "user", "content": "go"}),
    billed(1, "2026-11-18T10:00:01.000Z"),
    billed(2, "2026-11-18T18:40:00.000Z", "model-b", output=100),
    billed(3, "2026-11-19T23:50:00.000Z", output=7, stop=None),
]


@pytest.fixture
def answer() -> Callable[..., dict[str, Any]]:
    """Makes one billed answer."""
    return billed


@pytest.fixture
def history() -> list[Any]:
    """Three answers of two models on two days; of the last the end was never written."""
    return HISTORY


@pytest.fixture
def command() -> list[str]:
    """The console script."""
    return COMMAND


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    """Where the agent writes; nobody has written yet."""
    path = tmp_path / "home" / ".claude" / "projects" / "-src-app" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def write(transcript: Path) -> Callable[[list[Any]], None]:
    """Write these lines; bytes go as they are."""

    def lines(lines: list[Any]) -> None:
        raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        transcript.write_bytes(b"".join(line + b"\n" for line in raw))

    return lines


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `fleetmeter …`; the environment may be changed by name, None takes a variable away.

    before is a command that runs ours; is_merged gives stdout and stderr as a terminal or a log would show them.
    """

    def fleetmeter(
        *words: str,
        text: bool = True,
        before: Sequence[str] = (),
        is_merged: bool = False,
        **environ: str | None,
    ) -> subprocess.CompletedProcess[str]:
        changed = {"TZ": "UTC", "COLUMNS": None, "NO_COLOR": None, "FORCE_COLOR": None, **environ}
        variables = {**os.environ, **{name: value for name, value in changed.items() if value is not None}}
        for name in [name for name, value in changed.items() if value is None]:
            variables.pop(name, None)
        return subprocess.run(
            [*before, *COMMAND, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if is_merged else subprocess.PIPE,
            cwd=tmp_path,
            env=variables,
            encoding="utf-8" if text else None,
            timeout=60,
            check=False,
        )

    return fleetmeter


@pytest.fixture
def unprivileged() -> list[str]:
    """What makes a command respect permissions: root would pass them by."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all", "--"]
    if shutil.which(words[0]) is None or subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        pytest.skip("permissions do not bind root, and root cannot give that up here")
    return words


@pytest.fixture
def holder(recorded: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that records, for as long as the test lasts."""
    command = [sys.executable, str(ROOT / "tests/store/child.py"), "hold", "none", str(recorded), "recording"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(scope="session")
def once_recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the history in it, made once for all tests that only need a copy."""
    user = tmp_path_factory.mktemp("user")
    path = user / ".claude" / "projects" / "-src-app" / f"{SESSION}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in HISTORY))
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(user / "data"), "PATH": os.environ["PATH"]}
    subprocess.run([*COMMAND, "collect", "--once"], check=True, capture_output=True, env=environ)
    return user / "data"


@pytest.fixture
def recorded(write: Callable[[list[Any]], None], once_recorded: Path, home: Path) -> Path:
    """The data folder after the history was recorded."""
    write(HISTORY)
    shutil.copytree(once_recorded, home)
    return home


@pytest.fixture
def fleetmeter(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command line at a fixed time, and gives its output."""
    monkeypatch.setattr(time, "time", NOW.timestamp)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(*words: str, columns: int | None = None, code: int = 0) -> str:
        monkeypatch.setenv("COLUMNS", str(columns or ""))
        from viewers import cli

        assert cli.run(list(words)) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run
