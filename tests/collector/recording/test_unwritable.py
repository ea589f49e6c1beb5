"""C9: a file of which something cannot be written costs only itself, however many others are written along with it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.recording import read as reading
from collector.recording import record as recording
from collector.recording.once import Summary
from tests.collector.recorded import check_same, record, rows, source, views
from tests.collector.transcript import answer, prompt

REASON = "cannot be recorded: refused by the test"


REFUSE = """
create trigger refused before insert on prompt when new.text = 'no never'
begin
    select raise(abort, 'refused by the test');
end
"""


def tell(home: Path, statement: str) -> None:
    """Change what the database takes."""
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        connection.execute(statement)


@pytest.fixture(params=["alone", "helped"])
def portioned(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small portions from this process, or usual ones from a helper."""
    if request.param == "helped":
        monkeypatch.setattr(recording, "HELP_BYTES", 0)
    else:
        monkeypatch.setattr(reading, "PORTION_BYTES", 1 << 20)


def lay(project: Path, big: int) -> Path:
    """Four files, of which the third has a prompt that is refused, after so many megabytes and before as many."""
    for number in (1, 2, 4):
        (project / f"s{number}.jsonl").write_bytes(prompt(number) + answer(number))
    filler = [prompt(100 + n, "x" * (1 << 20)) for n in range(2 * big)]
    path = project / "s3.jsonl"
    path.write_bytes(b"".join((*filler[:big], prompt(3, "no never"), answer(3), *filler[big:], answer(5))))
    return path


@pytest.mark.promise("C9")
@pytest.mark.usefixtures("portioned")
@pytest.mark.parametrize("big", [0, 10])
def test_C9_a_file_that_cannot_be_written_costs_only_itself(
    big: int, project: Path, home: Path, user: Path, tmp_path: Path
) -> None:
    path = lay(project, big)
    tell(home, REFUSE)
    summary: Summary = record(home, user)
    assert summary.unreadable == 1
    seen = source(home, path)
    assert (seen["state"], seen["reason"]) == ("unreadable", REASON)
    assert rows(home, "select count(*) from sources where state = 'read'") == [(3,)]
    found = {row[0] for row in rows(home, "select message_id from responses")}
    assert {"msg_1", "msg_2", "msg_4"} <= found and not found & {"msg_3", "msg_5"}
    assert record(home, user).unreadable == 1  # it is looked at again, and is as bad as before
    tell(home, "drop trigger refused")
    assert record(home, user).unreadable == 0
    record(tmp_path / "clean", user)
    check_same(views(home), views(tmp_path / "clean"))


@pytest.mark.promise("C9")
@pytest.mark.usefixtures("portioned")
def test_C9_what_is_counted_is_what_was_written(project: Path, home: Path, user: Path) -> None:
    lay(project, 0)
    tell(home, REFUSE)
    summary = record(home, user)
    (stored,) = rows(home, "select sum(records), sum(rejected), sum(cursor_bytes) from sources")
    assert (summary.records, summary.rejected, summary.bytes) == stored


def test_a_database_that_fails_is_no_fault_of_a_file(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(project, 0)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(recording, "write", full)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        record(home, user)
    assert rows(home, "select count(*) from sources where state = 'unreadable'") == [(0,)]
