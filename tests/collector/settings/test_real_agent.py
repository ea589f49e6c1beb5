"""The real program of an agent, with our hooks and exporter in its settings, against an imaginary API on loopback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from collector.settings.wanted import TELEMETRY
from tests.collector.daemons import running, until
from tests.collector.doors.test_receiver import free_port
from tests.collector.published import SHARED
from tests.collector.recorded import record, rows
from tests.collector.settings.settings_desk import Desk

TOOLS = SHARED / "tools"
CALL = {"type": "tool_use", "name": "Bash", "input": {"command": "echo hi", "description": "say hi"}}
SCENARIO = {
    "routes": [
        {"name": "main", "when": {"has_tools": True}, "steps": [
            {"content": [CALL]}, {"content": [{"type": "text", "text": "done"}]}]},
        {"name": "rest", "when": {}, "steps": [{"content": [{"type": "text", "text": "a title"}]}]},
    ]
}  # fmt: skip
EVENTS = {"SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionEnd"}
SCRIPT = 'please go @@[{"exec": "echo hi"}, {"text": "done"}]@@'
CONFIG = """model = "gpt-5.1-codex"
model_provider = "none"
[model_providers.none]
name = "none"
base_url = "http://127.0.0.1:%d/v1"
wire_api = "responses"
env_key = "NO_KEY"
"""
EXPORTED = "select count(*), count(request_id), sum(output_tokens) from api_calls where kind = 'answer'"


def program(name: str, pattern: str) -> Path:
    """Where npm put it."""
    folder = os.environ.get("FLEETMETER_AGENTS")
    if not folder:
        pytest.skip("FLEETMETER_AGENTS names no folder that npm installed agents in")
    found = sorted(Path(folder).resolve().rglob(pattern))
    if not found:
        pytest.skip(f"no {name} below {folder}")
    if not TOOLS.exists():
        pytest.skip("the imaginary API is not here: it lies in ../shared")
    return found[0]


@contextmanager
def api(folder: Path, name: str, *more: str) -> Iterator[int]:
    """The API on a port that was free."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, str(TOOLS / name), "--port", str(port), "--log", str(folder), *more]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        until(lambda: _listens(port))
        yield port
    finally:
        process.kill()
        process.wait()


def install(desk: Desk, *, is_http: bool = False) -> None:
    """Everything that may be put into its settings."""
    desk.listen(free_port())
    assert desk.do(True, is_http=is_http).startswith("installed")
    assert desk.do(True, TELEMETRY) == "installed"


def uninstall(desk: Desk) -> None:
    desk.do(False)
    desk.do(False, TELEMETRY)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.full
@pytest.mark.parametrize("is_http", [False, True], ids=["by command", "by http"])
def test_the_real_program_tells_of_every_moment_of_a_session(is_http: bool, tmp_path: Path) -> None:
    claude = program("Claude Code", "@anthropic-ai/claude-code-*/claude")
    desk = Desk(tmp_path, "claude")
    work = tmp_path / "work"
    work.mkdir()
    install(desk, is_http=is_http)
    (tmp_path / "scenario.json").write_text(json.dumps(SCENARIO))
    scenario = ("--scenario", str(tmp_path / "scenario.json"))
    with api(tmp_path, "fake_anthropic.py", *scenario) as port, running(desk.home, desk.user):
        environ = {
            "HOME": str(desk.user), "FLEETMETER_HOME": str(desk.home), "PATH": "/usr/bin:/bin",
            "ANTHROPIC_API_KEY": "x",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
        }  # fmt: skip
        done = subprocess.run(
            [str(claude), "-p", "say hi", "--allowedTools", "Bash"], env=environ, cwd=work, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    assert done.stdout.strip() == "done"
    record(desk.home, desk.user)
    assert {name for (name,) in rows(desk.home, "select name from signals")} >= EVENTS | {"MessageDisplay"}
    assert rows(desk.home, "select count(distinct session_id) from signals") == [(1,)]
    (call,) = rows(
        desk.home, "select t.outcome, g.duration_ms is not null from tool_calls as t join signals as g "
        "using (session_id, tool_use_id) where g.name = 'PostToolUse'",
    )  # fmt: skip
    assert call == ("ok", 1)
    written = b"".join(path.read_bytes() for path in (desk.root / "projects").rglob("*.jsonl"))
    assert b"hook_" not in written  # our hooks leave nothing in the transcript
    assert rows(desk.home, EXPORTED) == [(2, 2, 200)]
    assert rows(desk.home, "select is_telemetry_only, count(*) from responses group by 1") == [(0, 2)]
    uninstall(desk)
    assert not desk.path.exists() or b"127.0.0.1" not in desk.path.read_bytes()


@pytest.mark.full
def test_the_real_codex_tells_of_every_moment_of_a_session(tmp_path: Path) -> None:
    codex = program("Codex", "@openai/codex-*/vendor/*/bin/codex")
    desk = Desk(tmp_path, "codex")
    work = tmp_path / "work"
    work.mkdir()
    with api(tmp_path, "fake_openai.py") as port:
        config = (CONFIG % port).encode()
        desk.put(config)
        install(desk)
        environ = {"HOME": str(desk.user), "FLEETMETER_HOME": str(desk.home), "PATH": "/usr/bin:/bin", "NO_KEY": "x"}
        flags = ("hook-trust", "approvals-and-sandbox")  # nobody is there who could approve anything
        allowed = [f"--dangerously-bypass-{flag}" for flag in flags]
        words = [str(codex), "exec", "--skip-git-repo-check", *allowed, SCRIPT]
        with running(desk.home, desk.user):
            done = subprocess.run(
                words, env=environ, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                check=True,
            )  # fmt: skip
    assert done.stdout.strip().endswith("done")
    record(desk.home, desk.user)
    assert {name for (name,) in rows(desk.home, "select name from signals")} >= EVENTS
    ((session_id, state),) = rows(desk.home, "select distinct session_id, state from fleet")
    assert state == "ended" and rows(desk.home, "select distinct session_id from turns") == [(session_id,)]
    billed = [json.loads(line) for line in (tmp_path / "usage.jsonl").read_text().splitlines()]
    assert rows(desk.home, EXPORTED) == [(2, 0, sum(one["out"] for one in billed))]
    assert rows(desk.home, "select count(*), sum(output_tokens) from responses") == [(2, sum(o["out"] for o in billed))]
    uninstall(desk)
    assert desk.content() == config
