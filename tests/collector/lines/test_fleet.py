"""What each session does now, whoever tells it: the agent's own list, its hooks, or turns without an end."""

import json
import os
from pathlib import Path

import pytest

from store import feed
from store.process import birth
from tests.collector.recorded import record, rows

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="this system tells no birth of a process")

T = "2026-11-20T10:00:{:02}.000Z"


def hook(home: Path, user: Path, second: int, name: str, session: str = "s", **more: object) -> None:
    """A moment that the agent's hooks tell of."""
    body = json.dumps({"session_id": session, "hook_event_name": name, **more}).encode()
    folder = feed.tree(str(home), "claude", str(user / ".claude"))
    assert feed.append(folder, feed.line("hook", body, T.format(second), 1))


def listed(user: Path, status: str | None, **more: object) -> None:
    """What the agent's list says; of a process that is there, for it is ours."""
    folder = user / ".claude" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    at, pid = 1_795_168_800_000, os.getpid()  # 10:00:00
    entry = {"pid": pid, "procStart": birth(pid).partition("@")[0] or "1", "sessionId": "s", "startedAt": at,
             "updatedAt": at + 1000, "statusUpdatedAt": at + 1000, "kind": "interactive", "status": status}  # fmt: skip
    (folder / f"{pid}.json").write_text(json.dumps({**entry, **more}))


def state(home: Path, user: Path) -> tuple[object, ...]:
    (user / ".claude").mkdir(exist_ok=True)
    record(home, user)
    (found,) = rows(home, "select state, since, what from fleet where session_id = 's'")
    return found


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["SessionStart"], ("idle", 1, None)),
        (["SessionStart", "UserPromptSubmit"], ("working", 2, None)),
        (["UserPromptSubmit", "PreToolUse"], ("working", 2, "Bash ls")),
        (["UserPromptSubmit", "PreToolUse", "PermissionRequest"], ("waiting", 3, "Bash ls")),
        (["PermissionRequest", "PostToolUse"], ("working", 2, None)),
        (["PermissionRequest", "Notification"], ("waiting", 1, "Bash ls")),
        (["UserPromptSubmit", "Stop"], ("your_turn", 2, None)),
        (["UserPromptSubmit", "Stop", "MessageDisplay"], ("your_turn", 2, None)),
        (["UserPromptSubmit", "StopFailure"], ("failed", 2, None)),
        (["Stop", "SessionEnd"], ("ended", 2, None)),
    ],
)
def test_hooks_alone_tell_what_a_session_does(
    names: list[str], expected: tuple[str, int, str | None], home: Path, user: Path
) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    for second, name in enumerate(names, 1):
        tool = {"tool_name": "Bash", "tool_input": {"command": "ls"}} if "Tool" in name or "Perm" in name else {}
        hook(home, user, second, name, **tool)
    what, second, text = expected
    assert state(home, user) == (what, T.format(second), text)


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        ("busy", {}, ("working", None)),
        ("waiting", {"waitingFor": "permission prompt"}, ("waiting", "permission prompt")),
        ("idle", {}, ("your_turn", None)),
        ("shell", {}, ("your_turn", None)),
        (None, {}, ("working", None)),
    ],
)
def test_the_list_of_an_agent_tells_it_too(
    status: str | None, more: dict[str, str], expected: tuple[str, str | None], home: Path, user: Path
) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    hook(home, user, 0, "UserPromptSubmit")
    listed(user, status, **more)
    found = state(home, user)
    assert (found[0], found[2]) == expected


def test_what_was_asked_names_the_tool_where_the_list_only_says_that_it_waits(home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    listed(user, "waiting", waitingFor="permission prompt")
    hook(home, user, 2, "PermissionRequest", tool_name="Bash", tool_input={"command": "rm -rf dist"})
    assert state(home, user) == ("waiting", T.format(2), "Bash rm -rf dist")


def test_a_killed_program_ends_its_session(home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    hook(home, user, 1, "UserPromptSubmit")
    listed(user, "busy", procStart="1")
    assert state(home, user)[0] == "ended"


def test_a_question_about_one_session_reads_that_session_only(home: Path, user: Path) -> None:
    (user / ".claude").mkdir(exist_ok=True)
    hook(home, user, 1, "UserPromptSubmit")
    record(home, user)
    plan = rows(home, "explain query plan select state from fleet where session_id = 's'")
    assert not [row for row in plan if row[3].startswith(("SCAN s ", "SCAN g", "SCAN t ", "SCAN l"))], plan
