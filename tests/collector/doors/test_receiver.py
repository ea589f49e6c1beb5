"""The door for HTTP opens and closes as the configuration says, beside a recording that never notices."""

import socket
from pathlib import Path

import pytest

from collector.doors.receiver import Receiver, routes
from collector.files.discover import Root
from collector.sources import all_sources
from store.config import NOTHING, Telemetry
from tests.collector.daemons import running, status, until
from tests.collector.doors.otlp_wire import ask, export, request
from tests.collector.recorded import rows


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_it_opens_closes_and_moves_as_the_configuration_says(home: Path) -> None:
    told: list[str] = []
    receiver = Receiver(str(home), told.append)
    receiver.tend(NOTHING, [])
    assert receiver.document() == {"port": None, "problem": None}
    first, second = free_port(), free_port()
    for port in (first, second):
        receiver.tend(NOTHING._replace(telemetry=Telemetry(port)), [])
        assert receiver.document()["port"] == port
        assert ask(port, request("/v1/traces", b""))[0] == 200
    receiver.tend(NOTHING, [])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        for _ in range(3):
            receiver.tend(NOTHING._replace(telemetry=Telemetry(first)), [])
        assert len(told) == 1 and f"port {first} of 127.0.0.1 cannot be listened on" in told[0]
        assert receiver.document() == {"port": None, "problem": told[0]}
    receiver.tend(NOTHING._replace(telemetry=Telemetry(first)), [])
    assert receiver.document()["port"] == first
    receiver.close()
    with pytest.raises(OSError, match="refused"):
        ask(first, b"")


def test_a_root_that_is_there_is_meant_before_one_that_is_not(tmp_path: Path) -> None:
    source = next(source for source in all_sources() if source.agent == "claude")
    absent, there = Root(source, "/absent", "a", (), ("/absent/x",)), Root(source, "/there", "b", ("/there/x",), ())
    found = routes([absent, there])
    assert found.roots == {"claude": ("/there", "/absent")}
    assert found.services == (("claude-code", "claude"), ("com.anthropic.claude_code", "claude"))
    assert [found.root("claude", name) for name in ("", "/absent", "/etc")] == ["/there", "/absent", None]


def test_folders_are_made_before_anything_comes_but_not_for_a_root_that_is_not_there(home: Path) -> None:
    source = next(source for source in all_sources() if source.agent == "claude")
    absent, there = Root(source, "/absent", "a", (), ("/absent/x",)), Root(source, "/there", "b", ("/there/x",), ())
    receiver = Receiver(str(home), lambda _: None)
    receiver.tend(NOTHING._replace(telemetry=Telemetry(free_port())), [absent, there])
    receiver.close()
    assert [path.name for path in (home / "feed" / "claude").iterdir()] == ["%2Fthere"]


def test_a_running_collector_takes_telemetry_and_hooks(home: Path, user: Path) -> None:
    port = free_port()
    (home / "config.toml").write_text(f"[telemetry]\nport = {port}\n")
    with running(home, user):
        assert status(home)["telemetry"]["port"] == port
        assert ask(port, request("/v1/logs", export("claude_code.user_prompt", {}, "claude-code")))[0] == 200
        token = (home / "http.token").read_text()
        hook = b'{"session_id": "s", "hook_event_name": "Stop"}'
        assert ask(port, request(f"/hooks/claude/{token}", hook)) == (200, b"")
        until(lambda: rows(home, "select count(*) from signals") == [(1,)])
        assert rows(home, "select kind from record where kind like 'telemetry%'") == [
            ("telemetry/claude_code.user_prompt",)
        ]
        (home / "config.toml").write_text("")
        until(lambda: status(home)["telemetry"]["port"] is None)
