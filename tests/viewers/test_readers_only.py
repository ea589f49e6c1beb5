"""S15: only the collector writes and checkpoints; whoever looks opens the database so that it cannot."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.database import open_reader, open_writer

ROOT = Path(__file__).parents[2]
WRITES = re.compile(
    r"open_writer|connect_writer|mode=rwc?\b|wal_checkpoint|sqlite3\.connect(?!\(.:memory:)|begin immediate"
)
# File → what it may say all the same, and why.
ALLOWED = {
    "viewers/asking/sandbox.py": {"sqlite3.connect"},  # opened mode=ro, behind an authorizer
    "viewers/status_line.py": {"sqlite3.connect"},  # mode=ro, and without the checks that take a while
    "viewers/pricing/reprice.py": {"open_writer", "begin immediate"},  # under the writer's lock
    "viewers/now/alerts.py": {"open_writer"},  # likewise, and only where no collector runs that could do it
}


def trespasses(path: str, text: str) -> set[str]:
    return set(WRITES.findall(text)) - ALLOWED.get(path, set())


@pytest.mark.promise("S15")
def test_S15_no_viewer_opens_the_database_to_write() -> None:
    modules = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in (ROOT / "viewers").rglob("*.py")}
    found = {path: trespasses(path, text) for path, text in modules.items()}
    assert modules and {path: words for path, words in found.items() if words} == {}


@pytest.mark.promise("S15")
def test_S15_checkpoints_are_made_by_the_guard_alone() -> None:
    found = [path for folder in ("collector", "store") for path in (ROOT / folder).rglob("*.py")]
    places = {str(path.relative_to(ROOT)) for path in found if "wal_checkpoint(" in path.read_text("utf-8")}
    assert places <= {
        "collector/daemon/guard.py",
        "collector/recording/pace.py",
        "store/create.py",
        "store/separate.py",
        "store/prune.py",
    }


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    "statement",
    ["delete from meta", "pragma wal_checkpoint(truncate)", "pragma user_version = 9", "create table t (n)"],
)
def test_S15_a_reader_cannot_write(home: Path, statement: str) -> None:
    open_writer(home).close()
    before = (home / "fleetmeter.db").read_bytes()
    with closing(open_reader(home)) as reader:
        try:
            reader.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            assert "readonly" in str(error)
    assert (home / "fleetmeter.db").read_bytes() == before


@pytest.mark.mutant("S15")
@pytest.mark.parametrize(
    "text", ["with open_writer(home) as writer:", "sqlite3.connect(path)", "reader.execute('pragma wal_checkpoint')"]
)
def test_S15_a_viewer_that_writes_is_seen(text: str) -> None:
    assert trespasses("viewers/new.py", text)
