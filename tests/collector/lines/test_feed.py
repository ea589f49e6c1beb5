"""What agents' programs send: kept by the sender alone, recorded exactly once, in whatever order and however often."""

import json
import os
import random
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store import feed
from tests.collector.published import SHARED
from tests.collector.recorded import record, rows

EMIT = Path(__file__).parents[3] / "collector" / "emit.py"
DUMPS = sorted((SHARED / "corpus" / "real-clients").glob("*/*/dumps/hooks.jsonl"))
STATUS = sorted((SHARED / "corpus" / "real-clients").glob("*/*/dumps/statusline.jsonl"))
TABLES = ("signals", "status_readings", "limits", "sessions", "runs", "activity")


def sent(dump: Path) -> Iterator[bytes]:
    """The lines that the sender would have written, at the times of the dump."""
    source = "status" if dump in STATUS else "hook"
    for number, line in enumerate(dump.read_bytes().splitlines()):
        told: dict[str, Any] = json.loads(line)
        body = json.dumps(told.get("stdin") or told["payload"]).encode()
        at = datetime.fromtimestamp(told.get("t", 1.79e9 + number), UTC)
        yield feed.line(source, body, f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z", 7)


def keep(home: Path, root: Path, lines: list[bytes]) -> None:
    for line in lines:
        assert feed.append(feed.tree(str(home), root.name.removeprefix("."), str(root)), line)


def emitted(home: Path, root: Path, body: bytes, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    """What the sender does with a message."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(EMIT), root.name.removeprefix("."), str(root)], input=body,
        env={"HOME": str(home.parent), "FLEETMETER_HOME": str(home), **environ}, capture_output=True, check=False,
    )  # fmt: skip


def all_rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(rows(home, f"select * from {table}"), key=repr) for table in TABLES}  # noqa: S608 - ours


@pytest.mark.skipif(not DUMPS, reason="the corpus is not here: it lies in ../shared")
@pytest.mark.parametrize("dump", [*DUMPS, *STATUS], ids=lambda dump: f"{dump.parents[1].name}-{dump.stem}")
def test_what_is_sent_in_any_order_and_twice_give_the_same_rows(dump: Path, tmp_path: Path) -> None:
    lines = list(sent(dump))
    found: list[dict[str, list[tuple[Any, ...]]]] = []
    for number, order in enumerate((lines, random.Random(1).sample(lines * 2, len(lines) * 2))):
        user = tmp_path / str(number)
        home, root = user / "home", user / f".{dump.parents[2].name}"
        root.mkdir(parents=True, exist_ok=True)
        half = len(order) // 2
        keep(home, root, order[:half])
        record(home, user)
        keep(home, root, order[half:])
        record(home, user)
        assert rows(home, "select path, reason from rejects") == []
        found.append({name: [row[3:] for row in table] for name, table in all_rows(home).items()})
    assert found[0] == found[1]
    if dump in DUMPS:
        assert len(found[0]["signals"]) == len(set(lines))
    else:
        told = [json.loads(line)["stdin"] for line in dump.read_bytes().splitlines()]
        levels = {(b["context_window"]["context_window_size"], b["cost"]["total_cost_usd"]) for b in told if
                  b["context_window"]["current_usage"]}  # fmt: skip
        assert {(row[5], row[6]) for row in found[0]["status_readings"]} == {(s, round(c, 6)) for s, c in levels}


def test_the_sender_keeps_a_message_and_says_nothing(home: Path, user: Path) -> None:
    root = user / ".claude"
    root.mkdir(parents=True, exist_ok=True)
    body = (
        b'{"session_id": "s",\n "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "ls"}}'
    )
    done = emitted(home, root, body)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    record(home, user)
    assert rows(home, "select agent, session_id, run_id, kind, name, tool, text from signals") == [
        ("claude", "s", "main", "tool_started", "PreToolUse", "Bash", "ls")
    ]
    (file,) = (path for path in (home / feed.FOLDER).rglob("*") if path.is_file())
    for path in (file, *file.parents[:3]):
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if path == file else 0o700)


def test_what_notify_is_told_in_its_last_word_is_the_end_of_a_turn(home: Path, user: Path) -> None:
    root = user / ".codex"
    root.mkdir()
    told = {"type": "agent-turn-complete", "thread-id": "t", "turn-id": "1", "cwd": "/x", "client": None,
            "input-messages": ["a", "b"], "last-assistant-message": "done \u00e9"}  # fmt: skip
    words = [sys.executable, "-I", "-S", str(EMIT), "codex", str(root), "notify", json.dumps(told, ensure_ascii=False)]
    environ = {"HOME": str(user), "FLEETMETER_HOME": str(home)}
    done = subprocess.run(words, stdin=subprocess.PIPE, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    record(home, user)
    assert rows(home, "select session_id, kind, name, prompt_id, text from signals") == [
        ("t", "turn_ended", "agent-turn-complete", "1", "done \u00e9")
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\x00", b"[1]", b'{"session_id": "s"}', b"x" * (2 << 20), b'{"a":1}\n{"b":2}']
)
def test_the_sender_ends_well_whatever_it_is_given(body: bytes, home: Path, user: Path) -> None:
    root = user / ".claude"
    root.mkdir(parents=True, exist_ok=True)
    done = emitted(home, root, body)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert emitted(home, root, b'{"session_id": "good", "hook_event_name": "Stop"}').returncode == 0
    record(home, user)
    assert rows(home, "select session_id, kind from signals") == [("good", "turn_ended")]


def test_the_sender_ends_well_where_nothing_can_be_kept(home: Path, user: Path) -> None:
    (home / "file").write_text("where the data folder should be")
    done = emitted(home / "file", user / ".claude", b"{}")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_what_waits_is_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_FOLDER", 300)
    folder = feed.tree(str(home), "claude", "/x")
    line = feed.line("hook", b"{}", feed.stamp(), os.getpid())
    kept = [feed.append(folder, line) for _ in range(10)]
    assert kept == [True] * (300 // len(line)) + [False] * (10 - 300 // len(line))
    assert not feed.append(folder, b"x" * (feed.MOST_LINE + 1))


def test_roots_have_folders_of_their_own(home: Path) -> None:
    roots = ["/a/b", "/a%2Fb", "/a/" + "long/" * 100, "/b/" + "long/" * 100]
    names = {feed.tree(str(home), "claude", root) for root in roots}
    assert len(names) == len(roots)
    assert all(len(os.fsencode(os.path.basename(name))) <= 255 for name in names)
