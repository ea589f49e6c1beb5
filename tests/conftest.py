"""Keeps every test away from the real home: its agents' files and its data folder."""

import os
import pwd
from pathlib import Path

import pytest

from tests import prices
from tests.tries import pytest_runtest_protocol as pytest_runtest_protocol
from tests.tries import pytest_terminal_summary as pytest_terminal_summary

# Every variable that a source asks for, here or below: tests/collector/sources/test_agents.py holds it to that.
AGENT_ROOTS = (
    "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "OPENCODE_DB", "PI_CODING_AGENT_DIR",
    "PI_CODING_AGENT_SESSION_DIR", "PI_CONFIG_DIR", "QWEN_HOME", "QWEN_RUNTIME_DIR",
)  # fmt: skip
PLACES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "FLEETMETER_HOME")


prices.remember()


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: many tests wait for a process."""
    return (os.cpu_count() or 1) + 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", default="2m", metavar="DURATION", help="how long the soak of C21 takes: 90s, 10m, 24h")


@pytest.fixture(autouse=True)
def sheltered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own for every test, and proof that nothing still points to the real one."""
    for name in AGENT_ROOTS:
        monkeypatch.delenv(name, raising=False)
    for name in PLACES:
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("FLEETMETER_NO_START", "1")  # a viewer that starts a collector leaves it behind
    # Whatever a test starts may look at, and signal, this process's own family alone.
    monkeypatch.setenv("FLEETMETER_SCOPE", f"pid:{os.getpid()}")
    (tmp_path / "home").mkdir()
    real = Path(pwd.getpwuid(os.getuid()).pw_dir)
    for place in (os.path.expanduser("~"), *(os.environ[name] for name in PLACES)):
        assert Path(place).is_relative_to(tmp_path)
        assert Path(place) != real


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data folder; nobody has made it yet."""
    return tmp_path / "fleetmeter_home"


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """A small schema of two steps and a view, so that a test of the store does not depend on the real one."""
    folder = tmp_path / "steps"
    (folder / "views").mkdir(parents=True)
    (folder / "0001_first.sql").write_text(
        "-- A first step; with a semicolon; in a comment.\n"
        "create table note (note_id integer primary key, text text not null) strict;\n"
        "create table tally (name text primary key, notes integer not null) strict, without rowid;\n"
        "insert into tally (name, notes) values ('all', 0);\n"
        "create trigger note_counted after insert on note begin\n"
        "    update tally set notes = notes + 1 where name = 'all';\n"
        "end;\n"
    )
    (folder / "views" / "notes.sql").write_text("-- What was noted?\ncreate view notes as\nselect text from note;\n")
    return folder


@pytest.fixture
def next_steps(steps: Path, tmp_path: Path) -> Path:
    """The same schema two versions later: a renamed column, a new table, another view."""
    folder = tmp_path / "next_steps"
    (folder / "views").mkdir(parents=True)
    (folder / "0001_first.sql").write_text((steps / "0001_first.sql").read_text())
    (folder / "0002_rename.sql").write_text(
        "alter table note rename column text to words;\nupdate note set words = words || '!';\n"
    )
    (folder / "0003_tag.sql").write_text(
        "create table tag (tag text primary key) strict;\ninsert into tag (tag) values ('new');\n"
    )
    (folder / "views" / "notes.sql").write_text("create view notes as\nselect words as text, 1 as shown from note;\n")
    (folder / "views" / "tags.sql").write_text("create view tags as\nselect tag from tag;\n")
    return folder
