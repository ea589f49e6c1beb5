"""Running programs: known by their own list, believed only as long as the process of that birth is there."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from collector.daemon import alive
from store.process import birth
from tests.collector.recorded import record, rows

NOW = "select pid, session_id, status, waiting_for, ended_at is null from processes order by updated_at"


@pytest.fixture
def listed(user: Path) -> Path:
    """The folder of an agent's list."""
    folder = user / ".claude" / "sessions"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def child() -> Generator["subprocess.Popen[bytes]", None, None]:
    """A process that runs until it is killed."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def say(folder: Path, pid: int, born: str, second: int, **more: object) -> None:
    at = 1_795_215_526_000 + second * 1000
    entry = {"pid": pid, "procStart": born, "sessionId": "s", "cwd": "/w", "startedAt": 1_795_215_526_000,
             "kind": "interactive", "entrypoint": "cli", "updatedAt": at, "statusUpdatedAt": at, **more}  # fmt: skip
    (folder / f"{pid}.json").write_text(json.dumps(entry))


def test_a_program_runs_until_its_process_ends(
    listed: Path, home: Path, user: Path, child: "subprocess.Popen[bytes]"
) -> None:
    born = birth(child.pid).partition("@")[0]
    say(listed, child.pid, born, 0, status="busy")
    record(home, user)
    assert rows(home, NOW) == [(child.pid, "s", "busy", None, 1)]
    say(listed, child.pid, born, 1, status="waiting", waitingFor="permission prompt", sessionId="t")
    record(home, user)
    assert rows(home, NOW) == [(child.pid, "t", "waiting", "permission prompt", 1)]
    child.kill()
    child.wait()
    record(home, user)
    assert rows(home, NOW) == [(child.pid, "t", "waiting", "permission prompt", 0)]
    assert rows(home, "select session_id from process_session order by first_at") == [("s",), ("t",)]


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="this system tells no birth of a process")
def test_a_pid_that_was_given_again_is_not_the_same_program(
    listed: Path, home: Path, user: Path, child: "subprocess.Popen[bytes]"
) -> None:
    say(listed, child.pid, "1", 0, status="busy")
    record(home, user)
    assert rows(home, NOW) == [(child.pid, "s", "busy", None, 0)]
    say(listed, child.pid, birth(child.pid).partition("@")[0], 1, status="idle")
    record(home, user)
    assert rows(home, NOW) == [(child.pid, "s", "busy", None, 0), (child.pid, "s", "idle", None, 1)]


def test_a_torn_or_odd_list_is_no_program(listed: Path, home: Path, user: Path) -> None:
    for number, content in enumerate(("", "{", "[]", "{}", '{"pid": -1, "sessionId": "s"}', '{"pid": 5}')):
        (listed / f"{number}.json").write_text(content)
    (listed / "notes.json").write_text("{}")
    record(home, user)
    assert rows(home, NOW) == []
    assert rows(home, "select count(*) from sources where state = 'unreadable'") == [(6,)]


def test_where_births_are_not_told_any_process_of_that_pid_counts(
    monkeypatch: pytest.MonkeyPatch, child: "subprocess.Popen[bytes]"
) -> None:
    monkeypatch.setattr(alive.os.path, "exists", lambda path: False)
    assert alive.is_alive(child.pid, "whatever")
    child.kill()
    child.wait()
    assert not alive.is_alive(child.pid, "whatever")
