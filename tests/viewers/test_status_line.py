"""The line below an agent's prompt: what it says, what it keeps, and that nothing ever stops it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from store import feed
from tests.collector.recorded import record, rows
from viewers.status_line import line

SCRIPT = Path(__file__).parents[2] / "viewers" / "status_line.py"
NOW = 1_795_215_526.0
TOLD: dict[str, Any] = {
    "session_id": "s", "model": {"id": "big-1", "display_name": "Big 1"},
    "cost": {"total_cost_usd": 0.5},
    "context_window": {"context_window_size": 200_000, "used_percentage": 61,
                       "current_usage": {"input_tokens": 2, "cache_read_input_tokens": 121_998}},
    "rate_limits": {"five_hour": {"used_percentage": 41.4, "resets_at": NOW + 6480},
                    "seven_day": {"used_percentage": 63, "resets_at": NOW + 205_200}},
}  # fmt: skip


def drawn(home: Path, body: bytes, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """What the script prints."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), *words], input=body.decode("latin-1"), capture_output=True,
        env={"HOME": str(home.parent), "FLEETMETER_HOME": str(home), "PATH": os.environ["PATH"], **environ},
        text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture
def user(tmp_path: Path) -> Path:
    (tmp_path / "user" / ".claude").mkdir(parents=True)
    return tmp_path / "user"


@pytest.fixture
def no_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    monkeypatch.setenv("FLEETMETER_HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    return home


def test_what_the_agent_says_is_shown_without_a_database(no_home: Path) -> None:
    told = json.dumps(TOLD).encode()
    form = "{model} · {context} · {session} · today {today} · 5h {five_hour} · week {week} · {burn} · mine"
    assert line(told, form, NOW) == "Big 1 · 61% of 200k · 5h 41% 1h48m · week 63% 2d09h · mine"


def test_what_is_recorded_stands_beside_it(no_home: Path, recorded: Path) -> None:
    shown = line(json.dumps({"session_id": "none"}).encode(), "{today} · {burn} · {session}", time.time())
    assert shown == "$0.00"


def test_colours_say_how_full_the_context_is(no_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    for share, code in ((59, 32), (60, 33), (85, 31)):
        told = {"context_window": {"context_window_size": 1000, "used_percentage": share}}
        assert line(json.dumps(told).encode(), "{context}", NOW).startswith(f"\x1b[{code}m{share}%")


def test_what_it_was_told_is_recorded(home: Path, user: Path) -> None:
    root = user / ".claude"
    done = drawn(home, json.dumps(TOLD).encode(), "claude", str(root))
    assert done.returncode == 0 and "Big 1" in done.stdout
    record(home, user)
    assert rows(home, "select session_id, model, used_tokens, window_tokens, reported_usd from status_readings") == [
        ("s", "big-1", 122_000, 200_000, 0.5)
    ]
    assert rows(home, "select span, used_percent, window_minutes, source, resets_at from limits order by span") == [
        ("five_hour", 41.4, 300, "status", "2026-11-21T00:46:46.000Z"),
        ("seven_day", 63.0, 10_080, "status", "2026-11-23T07:58:46.000Z"),
    ]


def test_U42_what_a_program_says_it_cost_so_far_is_in_no_total(home: Path, user: Path) -> None:
    for cost in (56.02, 3.10):  # the same session, resumed by a program that counts from nothing
        told = {**TOLD, "cost": {"total_cost_usd": cost}}
        assert drawn(home, json.dumps(told).encode(), "claude", str(user / ".claude")).returncode == 0
    record(home, user)
    assert rows(home, "select reported_usd from status_readings order by 1 desc") == [(56.02,), (3.1,)]
    assert rows(home, "select count(*) from usage_quarter_hours") == [(0,)]


def test_the_line_that_was_there_before_goes_through_unchanged(home: Path, user: Path) -> None:
    root = user / ".claude"
    command = "cat; printf '\\033[1mold\\n'; exit 3"
    done = drawn(home, b'{"session_id": "s"}', "claude", str(root), "--", command)
    assert (done.returncode, done.stdout) == (3, '{"session_id": "s"}\x1b[1mold\n')
    (file,) = Path(feed.tree(str(home), "claude", os.path.realpath(root))).iterdir()
    assert b'"from":"status"' in file.read_bytes()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b"null", b"\xff", b'{"model": 3}', b'{"context_window": {"used_percentage": "x"}}']
)
@pytest.mark.parametrize("words", [[], ["claude"], ["claude", "/none"], ["--", "exit 0"]], ids=len)
def test_it_never_fails(body: bytes, words: list[str], home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "fleetmeter.db").write_bytes(b"not a database")
    done = drawn(home, body, *words)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_control_reaches_the_terminal(no_home: Path) -> None:
    told = {"model": {"display_name": "Big\x1b]0;evil\x07\u202e1"}}
    assert line(json.dumps(told).encode(), "{model}", NOW) == "Big]0;evil1"
