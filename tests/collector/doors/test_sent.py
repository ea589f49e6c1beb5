"""Messages for a feed that come through the collector's door: kept once, and answered."""

import json
import socket
from pathlib import Path
from typing import Any

from store import feed
from store.ask import address, ask
from tests.collector.daemons import running, until
from tests.collector.doors.opened_door import rest
from tests.collector.recorded import rows


def send(home: Path, message: object) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, address(home) as name:
        line.settimeout(10)
        line.connect(name)
        line.sendall(json.dumps({"feed": message}).encode() + b"\n")
        return json.loads(rest(line))


def test_what_is_sent_for_a_feed_is_kept_once_and_answered(home: Path, user: Path) -> None:
    root = str(user / ".claude")
    hook = {"session_id": "s", "hook_event_name": "PreToolUse", "tool_input": {"command": "x" * 900_000}}
    good = {"agent": "claude", "root": root, "from": "hook", "at": "2026-11-20T10:00:00.000Z", "body": hook}
    with running(home, user):
        until(lambda: (ask(home, "status") or {}).get("sweeps"))
        for message in (good, good, {**good, "at": None, "body": {"session_id": "s", "hook_event_name": "Stop"}}):
            assert send(home, message) == {"kept": True}
        bad = [7, None, {}, {**good, "root": "/etc"}, {**good, "agent": "nobody"}, {**good, "from": "../x"},
               {**good, "at": "yesterday"}, {**good, "at": 7}, {**good, "from": None}]  # fmt: skip
        assert all(set(send(home, message)) == {"error"} for message in bad)
        until(lambda: len(rows(home, "select 1 from signals")) == 2)
    assert rows(home, "select kind from signals order by at") == [("tool_started",), ("turn_ended",)]
    assert {path.parent.name for path in (home / feed.FOLDER).rglob("*.feed")} == {root.replace("/", "%2F")}
