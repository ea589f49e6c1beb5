"""A migration ends as old or as new, never between, and never begins before a proven copy exists."""

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import store.migrate
from store import backup, schema
from store.database import open_reader, open_writer, transaction, user_version
from store.errors import FleetmeterError

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture
def old(home: Path, steps: Path) -> Path:
    """A home of the old version that holds data."""
    writer = open_writer(home, folder=steps)
    with transaction(writer):
        writer.executemany("insert into note (text) values (?)", [("one",), ("two",), ("three",)])
    writer.close()
    return home


def check_s10(old: Path, next_steps: Path, tmp_path: Path, mutant: str = "none") -> None:
    """Kill the migration at each of its statements; what is left is one version, with a backup if it is not the old."""
    target = tmp_path / "killed"
    command = [sys.executable, str(CHILD), "kill-migration", mutant, str(old), str(next_steps), str(target)]
    rounds = int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    assert rounds > 30
    with opened(old / "fleetmeter.db") as connection:
        before = backup.content(connection)
    states = {0: before, **_versions(old, next_steps, tmp_path)}
    for number in range(1, rounds + 1):
        home = target / f"{number:04d}"
        backups = list((home / "backups").glob("fleetmeter-before-1-to-3-*.db"))
        with opened(home / "fleetmeter.db") as connection:
            version = user_version(connection)
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert _structure(backup.content(connection)) == _structure(states[version])
            assert version == 1 or backups
        for copy in backups:
            with opened(copy) as connection:
                assert backup.content(connection) == before
        # And the next start goes on as if nothing had happened.
        open_writer(home, folder=next_steps).close()
        with closing(open_reader(home, folder=next_steps)) as reader:
            assert _structure(backup.content(reader)) == _structure(states[3])
            assert reader.execute("select text, shown from notes").fetchall() == [
                ("one!", 1),
                ("two!", 1),
                ("three!", 1),
            ]


def _versions(old: Path, next_steps: Path, tmp_path: Path) -> dict[int, list[tuple[object, ...]]]:
    """What each version looks like when nothing disturbs the migration; between, the views are away."""
    states: dict[int, list[tuple[object, ...]]] = {}
    for version in (1, 2, 3):
        folder, home = tmp_path / f"steps{version}", tmp_path / f"whole{version}"
        shutil.copytree(next_steps, folder)
        for step in schema.steps(folder)[version:]:
            Path(step.path).unlink()
        if version == 1:
            home = old
        else:
            if version < 3:
                shutil.rmtree(folder / "views")
            shutil.copytree(old, home)
            open_writer(home, folder=folder).close()
        with opened(home / "fleetmeter.db") as connection:
            states[version] = backup.content(connection)
    return states


def _structure(content: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    # The hash of an index that SQLite made for itself, and the order of columns in it, are not ours to compare.
    return [row for row in content if not str(row[1]).startswith("sqlite_autoindex")]


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.promise("S10")
def test_S10_killed_at_every_step_it_is_old_or_new(old: Path, next_steps: Path, tmp_path: Path) -> None:
    check_s10(old, next_steps, tmp_path)


@pytest.mark.mutant("S10")
@pytest.mark.parametrize("mutant", ["no-transaction", "no-backup"])
def test_S10_fails_for(mutant: str, old: Path, next_steps: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_s10(old, next_steps, tmp_path, mutant)


@pytest.mark.promise("S10")
def test_S10_a_step_that_fails_leaves_the_step_before_it(old: Path, next_steps: Path) -> None:
    (next_steps / "0003_tag.sql").write_text("create table tag (tag text) strict;\ninsert into nowhere values (1);\n")
    with pytest.raises(FleetmeterError, match="0003_tag failed: no such table: nowhere"):
        open_writer(old, folder=next_steps)
    with opened(old / "fleetmeter.db") as connection:
        assert user_version(connection) == 2
        assert connection.execute("select name from sqlite_master where name = 'tag'").fetchall() == []
        applied = connection.execute("select name from _sqlite_migrations order by id").fetchall()
        assert applied == [("0001_first",), ("0002_rename",)]


@pytest.mark.promise("S10")
def test_S10_a_failing_backup_stops_the_migration_and_leaves_nothing(
    old: Path, next_steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = backup.content
    answers = iter([[("rows",)], [("a copy without them",)], [("rows",)]])
    monkeypatch.setattr(backup, "content", lambda _: next(answers))
    with pytest.raises(FleetmeterError, match="does not hold the same rows"):
        open_writer(old, folder=next_steps)
    monkeypatch.setattr(backup, "content", content)
    assert list((old / "backups").iterdir()) == []
    with opened(old / "fleetmeter.db") as connection:
        assert user_version(connection) == 1


@pytest.mark.mutant("S10")
def test_S10_an_empty_copy_is_no_backup(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a VACUUM INTO that failed half-way leaves is an empty file, which passes the integrity check."""

    class Leaky(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            return super().execute("select 1") if sql.startswith("vacuum") else super().execute(sql, parameters)

    with (
        closing(sqlite3.connect(old / "fleetmeter.db", isolation_level=None, factory=Leaky)) as connection,
        pytest.raises(FleetmeterError, match="does not hold the same rows"),
    ):
        backup.back_up(connection, old, "test", 0.0)
    assert list((old / "backups").iterdir()) == []


def test_the_backup_is_named_for_the_change_and_private(old: Path, next_steps: Path) -> None:
    open_writer(old, folder=next_steps).close()
    (copy,) = (old / "backups").iterdir()
    assert re.fullmatch(r"fleetmeter-before-1-to-3-\d{8}T\d{6}Z\.db", copy.name)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with opened(copy) as connection:
        assert connection.execute("select text from notes").fetchall() == [("one",), ("two",), ("three",)]
        assert connection.execute("pragma application_id").fetchone() == (0x666C6D74,)


def test_a_backup_in_place_of_the_database_is_the_old_database(old: Path, next_steps: Path) -> None:
    open_writer(old, folder=next_steps).close()
    (copy,) = (old / "backups").iterdir()
    copy.rename(old / "fleetmeter.db")
    open_writer(old, folder=next_steps).close()
    with closing(open_reader(old, folder=next_steps)) as reader:
        assert reader.execute("pragma journal_mode").fetchone() == ("wal",)
        assert reader.execute("select text from notes").fetchall() == [("one!",), ("two!",), ("three!",)]


def test_an_edited_view_is_renewed_without_a_backup(old: Path, steps: Path) -> None:
    (steps / "views" / "notes.sql").write_text("create view notes as\nselect upper(text) as text from note;\n")
    (steps / "views" / "tallies.sql").write_text("create view tallies as\nselect notes from tally;\n")
    open_writer(old, folder=steps).close()
    with closing(open_reader(old, folder=steps)) as reader:
        assert reader.execute("select text from notes").fetchall() == [("ONE",), ("TWO",), ("THREE",)]
        assert reader.execute("select notes from tallies").fetchall() == [(3,)]
    assert not (old / "backups").exists()


def test_a_start_with_nothing_new_changes_nothing_and_needs_no_sqlite_utils(old: Path, steps: Path) -> None:
    before = (old / "fleetmeter.db").read_bytes()
    script = (
        "import sys; from store.database import open_writer; open_writer(sys.argv[1], folder=sys.argv[2]).close();"
        "heavy = {'sqlite_utils', 'typer', 'rich', 'msgspec', 'pathlib', 'dataclasses', 'platformdirs'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    # -S: what the interpreter's own site imports is not ours.
    command = [sys.executable, "-S", "-c", script, str(old), str(steps)]
    subprocess.run(command, check=True, cwd=Path(store.migrate.__file__).parents[1])
    assert (old / "fleetmeter.db").read_bytes() == before


def test_steps_are_numbered_without_a_gap(steps: Path) -> None:
    (steps / "0003_third.sql").write_text("select 1;")
    with pytest.raises(FleetmeterError, match="should have the number 0002"):
        schema.steps(steps)


def test_the_real_schema_migrates_and_every_view_answers(home: Path) -> None:
    open_writer(home).close()
    with closing(open_reader(home)) as reader:
        for view in schema.views():
            reader.execute(f'select * from "{view.name}" limit 0')  # noqa: S608 - our own file names
        assert user_version(reader) == schema.newest() > 0
