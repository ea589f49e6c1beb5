"""Everything that writes begins immediately, so that no writer ever gets SQLITE_BUSY for having read first."""

import ast
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from store.database import LOOK, open_writer, transaction

CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).parents[2]
PACKAGES = ("collector", "control", "migrations", "store", "viewers")
BEGIN = re.compile(r"\s*(begin|savepoint)\b(?!\s+immediate\b)[\w\s]*;?\s*", re.IGNORECASE)


def check_s4(home: Path, steps: Path, seconds: float, mutant: str = "none") -> None:
    """Four processes read and then update the same row for a while: none is refused, nothing is lost."""
    open_writer(home, folder=steps).close()
    command = [sys.executable, str(CHILD), "write", mutant, str(home), str(steps), str(seconds)]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    counts = [[int(count) for count in writer.communicate()[0].split()] for writer in writers]
    assert [failed for _, failed in counts] == [0, 0, 0, 0]
    reader = open_writer(home, folder=steps)
    assert reader.execute("select notes from tally").fetchall() == [(sum(good for good, _ in counts),)]
    reader.close()


def check_s4_source(tree: ast.AST, may_script: bool = False, may_look: bool = False) -> None:
    """No transaction that writes begins deferred, and no connection begins one by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not (may_look and node.value == LOOK):
            assert not BEGIN.fullmatch(node.value), f"line {node.lineno}: a transaction that is not immediate"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, words = node.func.attr, {word.arg: word.value for word in node.keywords}
            assert name not in ("atomic", "begin"), f"line {node.lineno}: .{name}() begins deferred"
            assert name != "executescript" or may_script, f"line {node.lineno}: executescript commits by itself"
            if name == "connect" and isinstance(node.func.value, ast.Name) and node.func.value.id == "sqlite3":
                level = words.get("isolation_level")
                assert isinstance(level, ast.Constant) and level.value is None, f"line {node.lineno}: isolation_level"


def _modules() -> list[Path]:
    return [module for package in PACKAGES for module in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.promise("S4")
def test_S4_four_writers_are_never_busy(home: Path, steps: Path) -> None:
    check_s4(home, steps, seconds=1.5)


@pytest.mark.full
@pytest.mark.promise("S4")
def test_S4_four_writers_are_never_busy_for_a_minute(home: Path, steps: Path) -> None:
    check_s4(home, steps, seconds=60)


@pytest.mark.mutant("S4")
def test_S4_fails_for_deferred_transactions(home: Path, steps: Path) -> None:
    with pytest.raises(AssertionError):
        check_s4(home, steps, seconds=1.5, mutant="deferred")


@pytest.mark.promise("S4")
def test_S4_every_module_begins_immediately() -> None:
    may_script = ROOT / "store" / "empty.py"  # what is made in memory is nobody else's
    for module in _modules():
        try:
            looks = module == ROOT / "store" / "database.py"
            check_s4_source(ast.parse(module.read_text("utf-8")), module == may_script, looks)
        except AssertionError as error:
            raise AssertionError(f"{module.relative_to(ROOT)}: {error}") from None


@pytest.mark.promise("S4")
def test_S4_only_readers_look() -> None:
    looking = [module for module in _modules() if "look(reader)" in module.read_text("utf-8")]
    assert {module.relative_to(ROOT).parts[0] for module in looking} >= {"viewers"}
    for module in looking:
        assert "open_writer" not in module.read_text("utf-8"), module


@pytest.mark.mutant("S4")
@pytest.mark.parametrize(
    "source",
    [
        "c.execute('begin')",
        "c.execute('BEGIN DEFERRED TRANSACTION;')",
        "c.execute('savepoint one')",
        "c.executescript('')",
        "database.atomic()",
        "sqlite3.connect(path)",
        "sqlite3.connect(path, isolation_level='DEFERRED')",
    ],
)
def test_S4_fails_for_the_source(source: str) -> None:
    with pytest.raises(AssertionError):
        check_s4_source(ast.parse(source))


def test_a_failing_block_leaves_nothing(home: Path, steps: Path) -> None:
    writer = open_writer(home, folder=steps)
    with pytest.raises(ZeroDivisionError), transaction(writer):
        writer.execute("insert into note (text) values ('gone')")
        _ = 1 / 0
    assert not writer.in_transaction
    assert writer.execute("select count(*) from note").fetchall() == [(0,)]
    writer.close()


def test_a_rollback_by_sqlite_itself_does_not_hide_its_cause(home: Path, steps: Path) -> None:
    writer = open_writer(home, folder=steps)
    (pages,) = writer.execute("pragma page_count").fetchone()
    writer.execute(f"pragma max_page_count = {pages:d}")
    with pytest.raises(sqlite3.OperationalError, match="full"), transaction(writer):
        writer.execute("insert into note (text) values (:text)", {"text": "x" * 100_000})
    assert not writer.in_transaction
    writer.execute("pragma max_page_count = 1000000")
    with transaction(writer):
        writer.execute("insert into note (text) values ('room again')")
    writer.close()
