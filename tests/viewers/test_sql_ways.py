"""The other ways to ask: a whole view, a select in a file, what there is to ask; and tools that are not ours."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import schema
from store.database import NAME, open_reader
from viewers.asking import schema_list
from viewers.trouble import CUT

VIEWS = [view.name for view in schema.views()]
# Whatever opens SQLite, in a process of its own that has nothing of ours.
STRANGER = """
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'view' order by name")]
print(json.dumps({name: len(connection.execute(f"select * from [{name}]").fetchall()) for name in names}))
"""


def test_a_table_is_a_whole_view_within_the_limits(recorded: Path, run: Any) -> None:
    shown, same = run("sql", "--table", "responses", "--json"), run("sql", "select * from responses", "--json")
    assert (shown.returncode, shown.stdout) == (0, same.stdout) and len(json.loads(shown.stdout)) == 3
    cut = run("sql", "--table", "responses", "--csv", "--rows", "2")
    assert cut.returncode == CUT and len(cut.stdout.splitlines()) == 3


def test_a_file_holds_the_select(recorded: Path, run: Any, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "q.sql").write_text("-- How many?\nselect count(*) as answers from responses;\n")
    assert json.loads(run("sql", "--file", "q.sql", "--json").stdout) == [{"answers": 3}]
    done = subprocess.run(
        [*command, "sql", "--file", "-", "--csv"], input="select 1 as a", capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["a", "1"]


@pytest.mark.parametrize(
    ("words", "near"),
    [([], "sql"), (["select 1", "--table", "runs"], "exclude"), (["--file", "none.sql"], "none.sql"),
     (["--table", "respones"], "responses"), (["--table", "session"], "sessions"), (["--file", "raw"], "UTF-8"),
     (["--table", "runs; drop view runs"], "runs"), (["--schema", "respones"], "responses"),
     (["--schema", "--csv"], "--json"), (["--schema", "--table", "runs"], "--json"), (["--file", "."], "directory"),
     (["--tabel", "runs"], "--table"), (["--file"], "--file")],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_with_the_nearest_thing(
    words: list[str], near: str, recorded: Path, run: Any, tmp_path: Path
) -> None:
    (tmp_path / "raw").write_bytes(b"select '\xff'")
    done = run("sql", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("fleetmeter: ") and near in done.stderr and len(done.stderr.splitlines()) <= 2


def test_the_schema_lists_every_column_of_every_view_with_its_meaning(recorded: Path, run: Any) -> None:
    told = {view["name"]: view for view in json.loads(run("sql", "--schema", "--json").stdout)["views"]}
    assert list(told) == VIEWS
    with closing(open_reader(recorded)) as reader:
        for name, view in told.items():
            cursor = reader.execute(f"select * from {name} limit 0")  # noqa: S608 - a view of ours
            assert [column["name"] for column in view["columns"]] == [column[0] for column in cursor.description]
            assert view["question"].partition("?")[1] == "?", name
            assert [column["name"] for column in view["columns"] if not column["meaning"]] == [], name
            assert not any("`" in column["meaning"] or "as above" in column["meaning"] for column in view["columns"])


def test_the_schema_is_there_before_anything_is_recorded_and_fits(run: Any) -> None:
    whole = run("sql", "--schema", COLUMNS="80")
    assert (whole.returncode, whole.stderr) == (0, "")
    lines = whole.stdout.splitlines()
    assert max(map(len, lines)) <= 80 and [line for line in lines if line in VIEWS] == VIEWS
    one = run("sql", "--schema", "costs", COLUMNS="80").stdout.splitlines()
    assert one[0] == "costs" and set(one) < set(lines)
    assert "  model               the model as billed" in one  # where VIEWS.md says: as in responses


def test_a_meaning_is_what_the_description_says() -> None:
    text = "# Views\n\n| `at` | when |\n\n## a\n\n| `x`, `y` | the `x` |\n\n## b\n\n| `x` | as in `a` |\n\n"
    assert schema_list.read(text) == {"": {"at": "when"}, "a": {"x": "the x", "y": "the x"}, "b": {"x": "as in a"}}


def test_whatever_reads_sqlite_reads_every_view(recorded: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", STRANGER, str(recorded / NAME)], capture_output=True, text=True, check=True
    )
    counted = json.loads(done.stdout)
    assert list(counted) == VIEWS and counted["responses"] == counted["costs"] == 3


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="this machine has no sqlite3 command")
@pytest.mark.parametrize("view", VIEWS)
def test_the_command_of_sqlite_reads_every_view(view: str, recorded: Path) -> None:
    words = ["sqlite3", "-readonly", "-json", str(recorded / NAME), f"select * from {view}"]  # noqa: S608 - a view of ours
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with closing(sqlite3.connect(recorded / NAME)) as connection:
        (rows,) = connection.execute(f"select count(*) from {view}").fetchone()  # noqa: S608 - the same
    assert len(json.loads(done.stdout or "[]")) == rows
