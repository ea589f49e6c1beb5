"""C22: whatever is skipped, refused, mended, unreadable, foreign, gone or superseded is counted, and shown by name."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.files import discover, look
from collector.lines import understand
from collector.recording import record as record_module
from tests.collector.recorded import dicts, record, refused
from tests.collector.transcript import SESSION, answer, line, prompt
from viewers.reading import rejects, sources

JUNK = b"junk\n"


def check_c22(project: Path, home: Path, user: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file of each kind of trouble, and what must be told of it: by the summary, the views and the commands."""
    (project / "mended.jsonl").write_bytes(prompt(1) + answer(1, text="@").replace(b"@", b"\\ud83d"))
    (project / "refused.jsonl").write_bytes(prompt(2) + JUNK + answer(2)[:150] + answer(3))
    (project / "foreign.jsonl").write_bytes(line(payload={"type": "session_meta"}))
    (project / "rewritten.jsonl").write_bytes(prompt(4) + JUNK)
    (project / "removed.jsonl").write_bytes(prompt(5))
    os.mkfifo(project / "pipe.jsonl")
    (project / "link.jsonl").symlink_to("mended.jsonl")
    (project / SESSION / "subagents").mkdir(parents=True)
    (project / SESSION / "subagents" / "agent-torn.meta.json").write_bytes(b'{"agentType": "cut')
    first = record(home, user)
    assert (first.rejected, first.unreadable) == (3, 3)
    (project / "rewritten.jsonl").write_bytes(prompt(6) + answer(6))
    (project / "removed.jsonl").unlink()
    assert record(home, user).unreadable >= 2  # and the torn one, if it changed just now

    found = {os.path.basename(row["path"]): row for row in dicts(home, "select * from sources")}
    assert {name: row["state"] for name, row in found.items()} == {
        "mended.jsonl": "read", "refused.jsonl": "read", "foreign.jsonl": "foreign", "rewritten.jsonl": "read",
        "removed.jsonl": "gone", "pipe.jsonl": "skipped", "link.jsonl": "skipped", "agent-torn.meta.json": "unreadable",
    }  # fmt: skip
    assert all(row["reason"] for row in found.values() if row["state"] != "read")
    assert {name: row["rejected"] for name, row in found.items() if row["rejected"]} == {
        "refused.jsonl": 2, "rewritten.jsonl": 1,
    }  # fmt: skip
    assert {name for name, row in found.items() if row["mended"]} == {"mended.jsonl", "refused.jsonl"}
    assert found["rewritten.jsonl"]["generation"] == 2
    assert len(refused(home)) == 3
    superseded = dicts(home, "select path from rejects where is_superseded")
    assert [os.path.basename(row["path"]) for row in superseded] == ["rewritten.jsonl"]
    check_shown(home, capsys)


def check_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What people read of it says the same."""
    os.environ["FLEETMETER_HOME"] = str(home)
    capsys.readouterr()
    assert sources.run(as_json=False, is_all=False) == 0
    listed = capsys.readouterr().out
    for state in ("1 foreign", "1 gone", "2 skipped", "1 unreadable"):
        assert state in listed
    for name in ("foreign.jsonl", "removed.jsonl", "pipe.jsonl", "link.jsonl", "agent-torn.meta.json"):
        assert name in listed
    assert rejects.run(as_json=False, limit=None) == 0
    listed = capsys.readouterr().out
    assert "refused.jsonl" in listed and "rewritten.jsonl" in listed and "junk" in listed


@pytest.mark.promise("C22")
def test_C22_whatever_is_not_counted_as_read_is_counted_and_shown(
    project: Path, home: Path, user: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check_c22(project, home, user, capsys)


def forgets_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = discover.walk
    monkeypatch.setattr(look, "walk", lambda *given: (found for found in walk(*given) if found.problem is None))


def forgets_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understand, "_refuse", lambda *_: None)


def forgets_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = property(lambda _self: 0, lambda _self, _value: None)
    monkeypatch.setattr(understand.Understood, "mended", nothing, raising=False)


def forgets_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.write.note", lambda *_: None)


def forgets_foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.sources.claude_transcript.Transcript.foreign", "")


def forgets_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look.Look, "_gone", lambda _self: None)


def forgets_superseded(monkeypatch: pytest.MonkeyPatch) -> None:
    add = record_module.add_generation

    def silently(connection: sqlite3.Connection, source_id: int) -> int:
        generation_id = add(connection, source_id)
        connection.execute("update generation set is_superseded = 0 where source_id = ?", (source_id,))
        return generation_id

    monkeypatch.setattr(record_module, "add_generation", silently)


FORGETFUL = [
    forgets_skipped, forgets_refused, forgets_mended, forgets_unreadable, forgets_foreign, forgets_gone,
    forgets_superseded,
]  # fmt: skip


@pytest.mark.mutant("C22")
@pytest.mark.parametrize("forget", FORGETFUL)
def test_C22_fails_for_one_that(
    forget: Callable[[pytest.MonkeyPatch], None], project: Path, home: Path, user: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    forget(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        check_c22(project, home, user, capsys)
