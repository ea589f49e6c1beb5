"""`agents`: it works without a database and with a root out of reach, fits a terminal, and reads no agent's file."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector.sources import all_sources
from viewers.reading import agent_tables, agents
from viewers.screen import format

AGENTS = [source.agent for source in all_sources()]
ROOT = Path(__file__).parents[2]


def told(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert done.returncode == 0
    return {agent["agent"]: agent for agent in json.loads(done.stdout)["agents"]}


def test_without_a_database_every_agent_is_shown_with_where_it_was_looked_for(run: Any, tmp_path: Path) -> None:
    shown = run("agents")
    assert shown.returncode == 0 and "nothing is recorded yet" in shown.stderr
    found = told(run("agents", "--json"))
    assert list(found) == AGENTS
    for agent in found.values():
        assert agent["name"] in shown.stdout
        assert [root["standing"] for root in agent["roots"]] == ["not there"] * len(agent["roots"])
        assert all(root["path"].startswith(str(tmp_path)) for root in agent["roots"])
        assert all(root["path"].replace(str(tmp_path / "home"), "~") in shown.stdout for root in agent["roots"])
        assert (agent["files"], agent["sessions"], agent["lastActivityAt"], agent["versions"]) == ({}, 0, None, [])


def test_what_was_recorded_is_told(recorded: Path, transcript: Path, run: Any) -> None:
    found = told(run("agents", "--json"))
    seen = found["claude"]
    assert (seen["files"], seen["sessions"], seen["versions"]) == ({"read": 1}, 1, ["2.1.49"])
    assert seen["lastActivityAt"] == "2026-11-19T23:50:00.000Z"
    assert {"path": str(transcript.parents[2]), "standing": "found"} in seen["roots"]
    assert found["codex"]["files"] == {}
    line = run("agents", COLUMNS="200").stdout.splitlines()[1].split()
    assert line == "Claude Code ~/.claude found 1 read 1 2026-11-19 23:50 2.1.49".split()


def test_one_agent_is_told_by_either_of_its_names(recorded: Path, run: Any) -> None:
    shown = run("agents", "claude").stdout
    assert shown == run("agents", "Claude Code").stdout
    assert shown.startswith("Claude Code (claude)\n") and "They never hold" in shown and "CLAUDE_CONFIG_DIR" in shown
    assert list(told(run("agents", "codex", "--json"))) == ["codex"]


def test_a_root_is_empty_out_of_reach_or_a_file(tmp_path: Path, run: Any, unprivileged: list[str]) -> None:
    user = tmp_path / "home"
    for folder in (".claude", ".codex/sessions", ".qwen/projects"):
        (user / folder).mkdir(parents=True)
    (user / ".gemini").write_text("")
    (user / ".codex").chmod(0)
    (user / ".qwen" / "projects").chmod(0)
    done = run("agents", "--json", before=unprivileged)
    (user / ".codex").chmod(0o700)
    (user / ".qwen" / "projects").chmod(0o700)
    standing = {root["path"]: root["standing"] for agent in told(done).values() for root in agent["roots"]}
    assert standing[str(user / ".claude")] == "nothing in it"
    assert standing[str(user / ".codex")] == standing[str(user / ".qwen")] == "Permission denied"
    assert standing[str(user / ".gemini")] == "not there"


def test_folders_that_the_environment_or_the_configuration_names_are_looked_in(
    tmp_path: Path, home: Path, run: Any
) -> None:
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text(f'[roots]\npi = ["{tmp_path}/more"]\n')
    (tmp_path / "other" / "sessions").mkdir(parents=True)
    found = told(run("agents", "--json", CODEX_HOME=str(tmp_path / "other")))
    assert found["codex"]["roots"][0] == {"path": str(tmp_path / "other"), "standing": "found"}
    assert found["pi"]["roots"][-1]["path"] == str(tmp_path / "more")


@pytest.mark.parametrize("words", [[], *([name] for name in AGENTS)], ids=" ".join)
def test_everything_fits_80_columns(words: list[str], recorded: Path, run: Callable[..., Any]) -> None:
    shown = run("agents", *words, COLUMNS="80").stdout.splitlines()
    assert max(map(len, shown)) <= 80
    if words:  # the folders of a test have long names; what a source says of itself is never cut
        assert "…" not in "\n".join(shown).partition("Its files tell")[2]


def test_no_reader_is_imported(recorded: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from viewers.cli import run; run(['agents']); "
        "print(*(name for name in sys.modules if name.startswith('collector')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stderr.splitlines()[-1].split())
    assert modules == {
        "collector", "collector.files", "collector.files.agents", "collector.files.discover", "collector.files.wal",
        "collector.sources",
        *(f"collector.sources.{name}" for name in AGENTS),
    }  # fmt: skip


def test_versions_follow_each_other_as_numbers(home: Path) -> None:
    found = sorted(("2.1.10", "2.1.9", "10.0", "[cut]", "0.155.0-alpha.2", "0.155.0"), key=agents._order)
    assert found == ["0.155.0", "0.155.0-alpha.2", "2.1.9", "2.1.10", "10.0", "[cut]"]
    assert agent_tables.span(tuple(found)) == "0.155.0 … 10.0"
    assert agent_tables.span(("[cut]",)) == "[cut]"
    assert agent_tables.span(("1.0",)) == "1.0"


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.000Z", "0001-01-01T00:00:00.000Z", "odd\x1b"])
def test_a_time_beyond_all_calendars_is_shown_all_the_same(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    shown = format.minute(at)
    monkeypatch.undo()
    time.tzset()
    assert shown.isprintable() and shown[:3] == at[:3]


def test_the_tables_of_the_readme_are_those_of_every_machine(run: Any, tmp_path: Path, recorded: Path) -> None:
    shown = run("agents", "--markdown")
    assert shown.stdout == run("agents", "--markdown", CODEX_HOME="/elsewhere", HOME=str(tmp_path)).stdout
    assert shown.stderr == "" and str(tmp_path) not in shown.stdout
