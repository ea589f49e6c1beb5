"""`export`: every view and every report as CSV, JSON or Parquet, whole, private, streamed, and never a formula."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from store import schema
from store.database import open_reader
from tests.viewers.ledger import Answer, keep, some
from tests.viewers.million import fill
from tests.viewers.peak import run_measured
from viewers import cli
from viewers.asking import export, export_shapes, export_views, outlet
from viewers.reports.flags import REPORTS
from viewers.reports.zone import chosen

VIEWS = [view.name for view in schema.views()]
NO_PYARROW = "pyarrow is not installed: it is as large as all dependencies together, so no test needs it"
MOST_BYTES = 90_000_000
"""The interpreter, a few thousand rows, and SQLite's own memory."""

NOTHING_NOW = ("today", *export.TOLD)
"""Of the last days, of budgets, of calls: the history of these tests has none."""

Told = Callable[..., str]


@pytest.fixture
def fleetmeter(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """Runs a command line, and gives its output, or what it says where it should fail."""
    monkeypatch.setenv("TZ", "UTC")

    def run(*words: str, code: int = 0) -> str:
        assert cli.run(list(words)) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    return run


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_exported_whole_in_every_format(view: str, recorded: Path, fleetmeter: Told) -> None:
    with closing(open_reader(recorded)) as reader:
        cursor = reader.execute(f"select * from {view}")  # noqa: S608 - a view of ours
        names = [column[0] for column in cursor.description]
        expected = len(cursor.fetchall())
    as_json = json.loads(fleetmeter("export", view, "--format", "json"))
    as_lines = [json.loads(line) for line in fleetmeter("export", view, "--format", "ndjson").splitlines()]
    as_csv = fleetmeter("export", view)
    assert as_json == as_lines and len(as_json) == len(records(as_csv)) == expected
    assert next(csv.reader(io.StringIO(as_csv))) == names
    assert all(list(row) == names for row in as_json)


@pytest.mark.parametrize("name", [*REPORTS, *export.TOLD])
def test_every_report_is_exported_as_its_csv_says(name: str, home: Path, fleetmeter: Told) -> None:
    keep(home, some(1))
    told = fleetmeter(name, "--csv")
    assert fleetmeter("export", name) == told
    for shape in ("json", "ndjson"):
        text = fleetmeter("export", name, "--format", shape)
        rows = json.loads(text) if shape == "json" else [json.loads(line) for line in text.splitlines()]
        assert [list(row) for row in rows] == [list(row) for row in records(told)]
        assert len(rows) == len(records(told)) > 0 or name in NOTHING_NOW


def test_where_the_money_went_is_exported_too(home: Path, fleetmeter: Told) -> None:
    keep(home, some(1))
    words = ("cache", "--since", "2026-01-01", "--model", "model-b")
    rows = records(fleetmeter("export", *words))
    assert rows == records(fleetmeter(*words, "--csv")) and len(rows) > 3
    assert export._types(["saved_usd", "calls"], [[0, 1]]) == [export_shapes.REAL, export_shapes.INTEGER]


def test_what_is_no_report_is_named_with_the_way_to_its_records(fleetmeter: Told) -> None:
    assert "`fleetmeter compare --csv` has its records" in fleetmeter("export", "compare", code=2)
    assert "takes no --breakdown" in fleetmeter("export", "forecast", "--breakdown", code=2)


def test_reports_take_their_options(home: Path, fleetmeter: Told) -> None:
    keep(home, some(1))
    words = ["--since", "2026-03-01", "--timezone", "Asia/Kolkata", "--model", "model-b", "--mode", "calculate"]
    assert fleetmeter("export", "weekly", *words, "--week-start", "sunday", "--breakdown") == fleetmeter(
        "weekly", *words, "--week-start", "sunday", "--breakdown", "--csv"
    )


def test_a_view_is_cut_to_what_was_asked_for(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-18T18:29:59.999Z"), Answer("2026-11-18T18:30:00.000Z", "model-b", 1, 1),
                Answer("2026-11-19T18:29:59.999Z", "model-b", branch="topic"), Answer("2026-11-19T18:30:00.000Z"),
                Answer(None)])  # fmt: skip
    india = ("--timezone", "Asia/Kolkata")
    chosen = {
        (): 5, ("--since", "2026-11-19", "--until", "20261119", *india): 2, ("--since", "2026-11-20", *india): 1,
        ("--until", "2026-11-18", *india): 1, ("--project", "site"): 1, ("--agent", "one"): 4,
        ("--model", "model-b"): 2, ("--branch", "topic"): 1, ("--account", "acc-two"): 1, ("--id", "session-01"): 1,
        ("--limit", "3"): 3,
    }  # fmt: skip
    for words, expected in chosen.items():
        assert len(records(fleetmeter("export", "responses", *words))) == expected, words
    times = [row["at"] for row in records(fleetmeter("export", "responses"))]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("zone", "date", "begins"),
    [("UTC", "2026-11-18", "2026-11-18T00:00:00.000Z"), ("Asia/Kathmandu", "2026-11-18", "2026-11-17T18:15:00.000Z"),
     ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"), ("Europe/Berlin", "2026-03-30",
      "2026-03-29T22:00:00.000Z"), ("America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z"),
     ("America/New_York", "2026-11-02", "2026-11-02T05:00:00.000Z")],
)  # fmt: skip
def test_a_day_begins_at_local_midnight_also_when_clocks_change(zone: str, date: str, begins: str) -> None:
    assert export_views.midnight(chosen(zone), date) == begins


def test_money_keeps_all_its_digits(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z", "model-c", tokens=(1, 1, 1, 1, 1))])
    (row,) = records(fleetmeter("export", "costs"))
    (same,) = json.loads(fleetmeter("export", "costs", "--format", "json"))
    assert row["usd"] == "0.000002338" and same["usd"] == 0.000002338


def test_no_cell_of_an_exported_csv_is_a_formula(home: Path, fleetmeter: Told) -> None:
    keep(home, [Answer("2026-11-20T10:00:00.000Z", "=cmd()", 2, 2, branch="@evil")])
    for name in (*VIEWS, *REPORTS):
        for record in csv.reader(io.StringIO(fleetmeter("export", name), newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in record), (name, record)
    assert json.loads(fleetmeter("export", "responses", "--format", "json"))[0]["model"] == "=cmd()"


def test_a_file_is_private_whole_and_takes_the_place_of_the_older(home: Path, tmp_path: Path, fleetmeter: Told) -> None:
    keep(home, some(1))
    path = tmp_path / "out.ndjson"
    path.write_text("older")
    path.chmod(0o644)
    assert fleetmeter("export", "responses", "--output", str(path)) == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 120  # the name says what it is
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_file_that_could_not_be_written_is_not_there(home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    keep(home, some(1))
    path = tmp_path / "out.csv"
    path.write_text("older")

    def fail(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_shapes, "cell", fail)
    assert cli.run(["export", "responses", "--output", str(path)]) == 1
    assert path.read_text() == "older"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("words", "near"),
    [("respones", "responses"), ("dialy", "daily"), ("x", "activity"), ("responses --format xml", "csv"),
     ("responses --output /none/there/x.csv", "/none/there"), ("responses --output /", "folder"),
     ("prices --since 2026-11-01", "leave"), ("prices --project app", "it has"),
     ("responses --breakdown", "--breakdown"), ("model --week-start monday", "--week-start"),
     ("responses --since 2026-13-01", "20261120"),
     ("responses --limit 0", "20"), ("responses --model zzz", "model-a"), ("", "NAME"), ("responses --fromat csv",
      "--format")],
)  # fmt: skip
def test_what_cannot_be_exported_is_told_with_the_nearest_thing(
    words: str, near: str, home: Path, fleetmeter: Told
) -> None:
    keep(home, some(1))
    told = fleetmeter("export", *words.split(), code=2)
    assert told.startswith("fleetmeter: ") and near in told and len(told.splitlines()) <= 2


def test_before_anything_is_recorded_an_export_is_empty_and_valid(fleetmeter: Told, tmp_path: Path) -> None:
    assert json.loads(fleetmeter("export", "responses", "--format", "json")) == []
    assert json.loads(fleetmeter("export", "daily", "--format", "json")) == []
    assert fleetmeter("export", "responses", "--format", "ndjson") == ""


def test_an_empty_range_is_no_failure(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home, some(1))
    for name in ("responses", "daily"):
        assert cli.run(["export", name, "--since", "2028-01-01"]) == 0
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 1 and told.err == "nothing in this range\n"


def test_a_reader_that_pauses_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    behind = outlet.Behind(write)
    for number in range(100):
        behind.write(f"{number:09d}\n".encode() * 1_000)  # a pipe holds 64 kB; nobody has read anything
    taken = bytearray()

    def drain() -> None:
        while chunk := os.read(read, 1 << 16):
            taken.extend(chunk)

    reader = threading.Thread(target=drain)
    reader.start()
    behind.close()
    os.close(write)
    reader.join()
    os.close(read)
    assert taken == b"".join(f"{number:09d}\n".encode() * 1_000 for number in range(100))


def test_a_reader_that_goes_away_ends_it(home: Path, command: list[str]) -> None:
    keep(home, some(1, 3_000))
    with subprocess.Popen([*command, "export", "responses"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        said = child.stderr.read()
    assert (child.returncode, said) == (cli.BROKEN_PIPE, b"")


@pytest.mark.parametrize("words", [["export", "responses"], ["export", "costs", "--format", "json"], ["why", "--json"],
                                   ["why", "--csv"]])  # fmt: skip
@pytest.mark.parametrize("answers", [60_000, pytest.param(1_000_000, marks=pytest.mark.full)])
def test_memory_does_not_grow_with_the_rows(words: list[str], answers: int, home: Path, command: list[str]) -> None:
    fill(home, answers)
    code, peak = run_measured([*command, *words], timeout_s=900)
    assert code == 0
    assert peak < MOST_BYTES + 60 * answers  # a few numbers for each row, to sort them by


def test_without_pyarrow_it_says_what_to_install(home: Path, fleetmeter: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(home, some(1))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    told = fleetmeter("export", "responses", "--format", "parquet", code=1)
    assert "needs pyarrow" in told and "extra `parquet`" in told and len(told.splitlines()) == 2


@pytest.mark.skipif(find_spec("pyarrow") is None, reason=NO_PYARROW)
@pytest.mark.parametrize("name", [*VIEWS, *REPORTS])
def test_parquet_holds_the_same_rows(name: str, recorded: Path, tmp_path: Path, fleetmeter: Told) -> None:
    path = tmp_path / "out.parquet"
    fleetmeter("export", name, "--output", str(path))
    _, parquet = export_shapes.arrow()
    table = parquet.read_table(path)
    expected = json.loads(fleetmeter("export", name, "--format", "json"))
    assert table.to_pylist() == expected
    kinds = {field.name: str(field.type) for field in table.schema}
    assert set(kinds.values()) <= {"int64", "double", "string"}
    assert kinds.get("usd", "double") == "double"


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_has_one_type_whatever_it_holds(view: str, recorded: Path) -> None:
    with closing(open_reader(recorded)) as reader:
        names = [column[0] for column in reader.execute(f"select * from {view} limit 0").description]  # noqa: S608 - ours
        found = dict(zip(names, export_views.types(reader, view, names), strict=True))
        rows = reader.execute(f"select * from {view}").fetchall()  # noqa: S608 - the same
    allowed = {export_shapes.INTEGER: int, export_shapes.REAL: (int, float), export_shapes.TEXT: (str, bytes)}
    for row in rows:
        for name, value in zip(names, row, strict=True):
            assert value is None or isinstance(value, allowed[found[name]]), (name, value)
    assert export.known(view) == view
