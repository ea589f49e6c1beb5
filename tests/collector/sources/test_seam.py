"""The seam: a new agent is one file in the folder of sources and one folder of golden cases, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import collector.sources
from collector.recording import read
from tests.collector.recorded import record, rows, source
from tests.collector.sources.test_cases import test_a_tree_gives_the_rows_that_are_written_beside_it as check_case

ROOT = Path(__file__).parents[3]
SOURCE = '''
"""Marble: an agent that nobody wrote."""

import msgspec

from collector.sources import Tells, no, partly, yes
from collector.lines.teller import Teller, amount, tokens
from collector.lines.when import instant
from store.facts import Record


class Line(msgspec.Struct):
    kind: str = ""
    at: str | None = None
    id: str | None = None
    text: str = ""
    model: str | None = None
    used: dict[str, int] = {}


class Rolls:
    shape = Line
    decode = staticmethod(msgspec.json.Decoder(Line).decode)
    version = "7.1"
    foreign = ""

    def __init__(self, generation_id, session):
        self._generation_id, self._session = generation_id, session

    def is_record(self, value):
        return "kind" in value

    def carried(self):
        return b""

    def carry_on(self, carried):
        pass

    def take(self, line, byte_offset, length, out):
        record = Record(self._generation_id, byte_offset, length, line.kind, instant(line.at), line.id)
        teller = Teller(self._generation_id, out, out.run(self._session, "main", "main"), record)
        teller.pass_time()
        if line.kind == "ask":
            teller.ask("prompt", line.text)
        elif line.kind == "roll":
            used = amount(line.used.get("in"), "in"), 0, amount(line.used.get("out"), "out")
            teller.answer(teller.id, "", tokens(line.model, *used))
        else:
            raise ValueError(f"unknown kind {line.kind!r}")
        return record


class Marble:
    agent, name, version = "marble", "Marble", 1
    tells = Tells(
        forks=no(), tokens=yes(), reasoning=no(), cost=no(), prompts=yes(), replies=no(), tools=no(), durations=no(),
        files=no(), subagents=no(), compactions=no(), turns=no(), limits=partly("by heart"), never=("what it thinks",),
    )

    def roots(self, environ, user):
        return [environ.get("MARBLE_HOME") or f"{user}/.marble"]

    def trees(self, root):
        return [f"{root}/rolls"]

    def kind(self, path):
        return "roll" if path.endswith(b".jsonl") else None

    def is_whole(self, kind):
        return False

    def lines(self, kind, path, generation_id, carried, past):
        return Rolls(generation_id, path.rpartition("/")[2].removesuffix(".jsonl"))

    def whole(self, kind, path, content, out):
        raise NotImplementedError(kind)


SOURCE = Marble()
'''
LINES = [
    {"kind": "ask", "id": "q1", "at": "2026-11-20T10:00:00.000Z", "text": "roll"},
    {"kind": "roll", "id": "r1", "at": "2026-11-20T10:00:05.000Z", "model": "m-1", "used": {"in": 30, "out": 4}},
    {"kind": "roll", "id": "r2", "at": "2026-11-20T10:00:06.000Z", "model": "m-1", "used": {"input": 30, "out": 4}},
    {"kind": "spin", "id": "s1"},
    {"kind": "roll", "id": "r3", "at": "2026-11-20T10:00:09.000Z", "model": "m-1", "used": {"in": 10, "out": 2}},
]
EXPECTED: dict[str, Any] = {
    "shows": "A made-up agent.",
    "rejects": [["{path}", "usage without in"], ["{path}", "unknown kind 'spin'"]],
    "rows": {
        "select agent, session_id, first_at, responses, input_tokens, output_tokens from sessions": [
            ["marble", "s1", "2026-11-20T10:00:00.000Z", 2, 40, 6]
        ],
        "select agent, model, sum(responses), sum(output_tokens) from usage_quarter_hours": [["marble", "m-1", 2, 6]],
        "select text from prompts": [["roll"]],
    },
}  # fmt: skip
# What the command line is told of besides: nothing but where the file lies.
COMMAND = """
import sys
sys.path.insert(0, sys.argv[1])
import collector.sources
collector.sources.__path__.append(sys.argv[2])
from viewers.cli import run
sys.exit(run(sys.argv[3:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file, in a folder of sources."""
    place = tmp_path / "more_sources"
    place.mkdir()
    (place / "marble.py").write_text(SOURCE)
    return place


@pytest.fixture
def known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The agent is known to this process."""
    monkeypatch.setattr(collector.sources, "__path__", [*collector.sources.__path__, str(folder)])
    read._by_agent.cache_clear()  # pyright: ignore[reportPrivateUsage] - a process looks for them once
    yield
    sys.modules.pop("collector.sources.marble", None)
    read._by_agent.cache_clear()  # pyright: ignore[reportPrivateUsage] - as above


def lay(user: Path) -> Path:
    place = user / ".marble" / "rolls" / "s1.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return place


@pytest.mark.usefixtures("known")
def test_a_made_up_agent_is_recorded_as_its_golden_case_says(home: Path, user: Path, tmp_path: Path) -> None:
    case = tmp_path / "sources" / "marble" / "rolls"
    lay(case / "user")
    expected = json.dumps(EXPECTED).replace("{path}", str(user / ".marble" / "rolls" / "s1.jsonl"))
    (case / "expected.json").write_text(expected)
    check_case(case, home, user)


@pytest.mark.usefixtures("known")
def test_what_a_made_up_agent_does_not_understand_is_counted_with_its_version(home: Path, user: Path) -> None:
    place = lay(user)
    assert record(home, user).rejected == 2
    seen = source(home, place)
    assert (seen["agent"], seen["kind"], seen["version"], seen["records"], seen["rejected"]) == (
        "marble", "roll", "7.1", 3, 2,
    )  # fmt: skip


def test_every_command_knows_a_made_up_agent(home: Path, user: Path, folder: Path, tmp_path: Path) -> None:
    lay(user)

    def run(*words: str) -> str:
        command = [sys.executable, "-c", COMMAND, str(ROOT), str(folder), *words]
        environ = {"HOME": str(user), "FLEETMETER_HOME": str(home), "PATH": "/usr/bin:/bin", "COLUMNS": "100"}
        done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("collect", "--once")
    (agent,) = [one for one in json.loads(run("agents", "--json"))["agents"] if one["agent"] == "marble"]
    assert (agent["name"], agent["sessions"], agent["files"], agent["versions"]) == (
        "Marble", 1, {"read": 1}, ["7.1"],
    )  # fmt: skip
    assert agent["roots"] == [{"path": str(user / ".marble"), "standing": "found"}]
    assert "by heart" in run("agents", "marble") and "MARBLE_HOME" in run("agents", "marble")
    assert "marble" in run("agent") and "marble" in run("sources") and "marble" in run("session", "--json")
    assert "usage without in" in run("rejects")
    assert "by heart" in run("agents", "--markdown")


def test_without_its_file_a_made_up_agent_is_nobody(home: Path, user: Path) -> None:
    lay(user)
    record(home, user)
    assert rows(home, "select count(*) from sources") == [(0,)]
