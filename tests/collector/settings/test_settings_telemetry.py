"""That agents export what they call: it is said in their settings, and goes without a trace."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from collector.settings.json_text import scan, value_of
from collector.settings.wanted import HOOKS, STATUS_LINE, TELEMETRY
from store.errors import FleetmeterError
from tests.collector.settings.settings_desk import BAD, BAD_TOML, JSON, TOML, Desk
from tests.collector.settings.test_settings import come_and_go

NAMES = {
    "CLAUDE_CODE_ENABLE_TELEMETRY", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS",
}  # fmt: skip
# Where the user has some of it already, or an `env` of any form.
ENVS = {
    "env_empty": b'{"env": {}}',
    "env_empty_spread": b'{\n  "env": {\n\n  },\n  "z": 1\n}\n',
    "env_comment": b'{\n  "env": {\n    // none yet\n  }\n}\n',
    "env_some": b'{\n  "env": {\n    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",\n    "A": "b"\n  }\n}\n',
    "env_only_ours": b'{"env":{"CLAUDE_CODE_ENABLE_TELEMETRY":"1","OTEL_LOGS_EXPORTER":"otlp"}}',
    "env_last": b'{"a": [], "env": {"PATH": "/x",},}',
    "env_tabs": b'{\n\t"env": {\n\t\t"A": "1" // mine\n\t}\n}',
}
OTELS = {
    "otel": b'[otel]\nenvironment = "dev"\nlog_user_prompt = false\n',
    "otel_others": b'[otel]\nmetrics_exporter = "none"\n\n[tui]\nx = 1',
}
TAKEN = {
    "endpoint": b'{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example"}}',
    "off": b'{"env": {"CLAUDE_CODE_ENABLE_TELEMETRY": "0"}}',
    "headers": b'{"env": {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=x"}}',
    "not_an_object": b'{"env": []}',
}
TAKEN_TOML = {
    "exporter": b'[otel]\nexporter = "none"\n',
    "otlp": b'[otel]\nexporter = { otlp-http = { endpoint = "https://otel.example/v1/logs", protocol = "binary" } }\n',
    "inline": b"otel = {}\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, "claude")
    desk.listen()
    return desk


@pytest.fixture
def codex(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, "codex")
    desk.listen()
    return desk


def read(content: bytes | None) -> dict[str, Any]:
    text = (content or b"").decode("utf-8-sig")
    return value_of(text, scan(text)) if text.strip() else {}


@pytest.mark.parametrize("shape", [*(shape for shape in JSON if shape != "large"), *ENVS])
def test_variables_come_and_go_without_a_trace(shape: str, desk: Desk) -> None:
    content = {**JSON, **ENVS}[shape]
    said, told = read(content), read(come_and_go(desk, content, TELEMETRY))
    assert told["env"].keys() - said.get("env", {}).keys() <= NAMES <= told["env"].keys()
    assert told["env"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:43210"
    assert {**told, "env": 0} == {**said, "env": 0}
    assert said.get("env", {}).items() <= told["env"].items()


@pytest.mark.parametrize("shape", [*TOML, *OTELS])
def test_tables_come_and_go_without_a_trace(shape: str, codex: Desk) -> None:
    content = {**TOML, **OTELS}[shape]
    told = tomllib.loads(come_and_go(codex, content, TELEMETRY).decode())
    said = tomllib.loads((content or b"").decode())
    assert told["otel"].pop("exporter") == {
        "otlp-http": {
            "endpoint": "http://127.0.0.1:43210/v1/logs", "protocol": "json",
            "headers": {"x-fleetmeter-root": str(codex.root).replace(" ", "%2520")},
        }
    }  # fmt: skip
    assert told == {**said, "otel": said.get("otel", {})}


@pytest.mark.parametrize("shape", [*(shape for shape in BAD if b"hooks" not in BAD[shape][0]), *TAKEN])
def test_what_is_not_valid_or_says_otherwise_is_told_and_not_touched(shape: str, desk: Desk) -> None:
    content = TAKEN[shape] if shape in TAKEN else BAD[shape][0]
    refused(desk, content, "env" if shape in TAKEN else BAD[shape][1])


@pytest.mark.parametrize("shape", [*(shape for shape in BAD_TOML if "inline" not in shape), *TAKEN_TOML])
def test_what_is_no_toml_or_says_otherwise_is_told_and_not_touched(shape: str, codex: Desk) -> None:
    content = TAKEN_TOML[shape] if shape in TAKEN_TOML else BAD_TOML[shape][0]
    refused(codex, content, "`otel` has a form" if shape in TAKEN_TOML else BAD_TOML[shape][1])


def refused(desk: Desk, content: bytes, words: str) -> None:
    desk.put(content)
    with pytest.raises(FleetmeterError, match=words):
        desk.do(True, TELEMETRY)
    assert desk.content() == content


@pytest.mark.parametrize("shape", ["missing", "comments", "trailing_commas"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_kinds_of_entries_do_not_disturb_each_other(shape: str, order: tuple[int, ...], desk: Desk) -> None:
    desk.put(JSON[shape])
    kinds = (HOOKS, STATUS_LINE, TELEMETRY)
    for what in kinds:
        assert desk.do(True, what) == "installed"
    for place in order:
        assert desk.do(False, kinds[place]) == "not installed"
    assert desk.content() == JSON[shape]


@pytest.mark.parametrize("shape", [shape for shape in TOML if shape != "large"])
@pytest.mark.parametrize("order", [(HOOKS, TELEMETRY), (TELEMETRY, HOOKS)])
def test_tables_of_two_kinds_go_in_any_order(shape: str, order: tuple[str, str], codex: Desk) -> None:
    codex.put(TOML[shape])
    for what in (HOOKS, TELEMETRY):
        assert codex.do(True, what) == "installed"
    both = codex.content()
    assert codex.do(True, HOOKS) == codex.do(True, TELEMETRY) == "installed"
    assert codex.content() == both
    assert codex.do(False, order[0]) == "not installed"
    assert codex.do(True, order[1]) == "installed"
    assert codex.do(False, order[1]) == "not installed"
    assert codex.content() == TOML[shape]


@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_another_port_is_said_by_installing_again(agent: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, agent)
    desk.put(before := {"claude": b'{"env": {"A": "b"}}', "codex": b"a = 1"}[agent])
    desk.listen()
    desk.do(True, TELEMETRY)
    desk.listen(43211)
    assert desk.do(True, TELEMETRY) == "installed"
    content = desk.content() or b""
    assert b"43211" in content and b"43210" not in content
    desk.do(False, TELEMETRY)
    assert desk.content() == before


def test_without_our_mark_nothing_is_ours(desk: Desk) -> None:
    """A user may have set all but our header by hand."""
    desk.do(True, TELEMETRY)
    env = json.loads(desk.content() or b"")["env"]
    del env["OTEL_EXPORTER_OTLP_HEADERS"]
    desk.put(content := json.dumps({"env": env}).encode())
    assert desk.do(False, TELEMETRY) == "not installed"
    assert desk.content() == content


def test_what_another_program_put_between_our_lines_stays(codex: Desk) -> None:
    codex.put(b"a = 1\n")
    codex.do(True, TELEMETRY)
    theirs = b'[projects."/x"]\ntrust_level = "trusted"\n'
    codex.path.write_bytes((codex.content() or b"").replace(b"# <<<", theirs + b"# <<<"))
    codex.do(False, TELEMETRY)
    assert codex.content() == b"a = 1\n" + theirs


def test_without_a_port_it_is_refused_and_yet_taken_out(desk: Desk) -> None:
    desk.put(b"{}")
    desk.do(True, TELEMETRY)
    (desk.home / "config.toml").unlink()
    with pytest.raises(FleetmeterError, match="no port is set"):
        desk.do(True, TELEMETRY)
    desk.do(False, TELEMETRY)
    assert desk.content() == b"{}"
