"""S7: stored bytes can be proven: what is flipped in a fact, in an index or in the archive is found."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collector.archive import prove_facts
from collector.archive.prove import prove_all
from collector.daemon.errands import do
from store import archive
from store.database import NAME
from tests.collector.archive.archived import keep
from tests.collector.claude_tree import lay_tree
from tests.collector.recorded import record, rows
from tests.collector.transcript import answer, prompt

ROUNDS = 8


def lay(home: Path, user: Path, project: Path) -> None:
    """Recorded and archived, in files that hold nothing but what is used."""
    lay_tree(project, turns=2)
    said = b"".join(prompt(n, f"flip-me {n:04d}") + answer(n, f"reply-me {n:04d}", output=1000 + n) for n in range(40))
    (project / "s.jsonl").write_bytes(said)
    record(home, user)
    keep(home)
    for name in (NAME, archive.NAME):
        with closing(sqlite3.connect(home / name, isolation_level=None)) as connection:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)").fetchall()
    assert prove_all(str(home)).findings == []


def places(home: Path) -> list[tuple[Path, int]]:
    """Bytes that mean something: of texts, of ids in tables and their indexes, of tokens, of packed blocks."""
    found: list[tuple[Path, int]] = []
    content = (home / NAME).read_bytes()
    for number in range(40):
        for words in (b"flip-me %04d" % number, b"reply-me %04d" % number, b"msg_%dreq_%d" % (number, number)):
            place = content.find(words)
            while place >= 0:
                found.append((home / NAME, place + 5))
                place = content.find(words, place + 1)
    packed = (home / archive.NAME).read_bytes()
    with closing(sqlite3.connect(home / archive.NAME)) as connection:
        for (blob,) in connection.execute("select packed from content").fetchall():
            place = packed.find(blob[:40])
            found += [(home / archive.NAME, place + at) for at in range(8, 40, 4)] if place >= 0 else []
    return found


def check_s7(home: Path, rounds: int) -> None:
    """Each flip is found, and nothing where there is none."""
    choose = random.Random(rounds)
    for path, place in choose.choices(places(home), k=rounds):
        with path.open("r+b") as file:
            (byte,) = os.pread(file.fileno(), 1, place)
            os.pwrite(file.fileno(), bytes((byte ^ 1,)), place)
            assert prove_all(str(home)).findings, f"{path.name} at {place}"
            os.pwrite(file.fileno(), bytes((byte,)), place)
    assert prove_all(str(home)).findings == []
    assert not [name for name in os.listdir(home) if name.startswith(prove_facts.PREFIX)]


@pytest.mark.promise("S7")
def test_S7_a_flipped_byte_is_found(home: Path, user: Path, project: Path) -> None:
    lay(home, user, project)
    check_s7(home, ROUNDS)


@pytest.mark.full
@pytest.mark.promise("S7")
def test_S7_a_flipped_byte_is_found_many_times(home: Path, user: Path, project: Path) -> None:
    lay(home, user, project)
    check_s7(home, 100)


@pytest.mark.promise("S7")
@pytest.mark.parametrize(
    "change",
    [
        "update response set output_tokens = output_tokens + 1 where message_id = 'msg_3'",
        "update prompt set text = 'Flip' where prompt_id = 'p3'", "update record set kind = 'users' where uuid = 'p3'",
        "delete from message where uuid = 'a3'",
    ],
)  # fmt: skip
def test_S7_facts_that_their_lines_do_not_tell_are_found(change: str, home: Path, user: Path, project: Path) -> None:
    (project / "s.jsonl").write_bytes(b"".join(prompt(n) + answer(n) for n in range(5)))
    record(home, user)
    with closing(sqlite3.connect(home / NAME)) as connection:
        connection.execute("drop trigger response_is_replaced")
        connection.execute(change)
        connection.commit()
    assert prove_all(str(home)).findings


@pytest.mark.mutant("S7")
def test_S7_fails_where_facts_are_not_compared(
    home: Path, user: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(home, user, project)
    monkeypatch.setattr(prove_facts, "_differences", lambda *_: ())
    with pytest.raises(AssertionError):
        check_s7(home, 30)


def test_what_is_gone_and_not_archived_is_told(home: Path, user: Path, project: Path) -> None:
    (project / "s.jsonl").write_bytes(prompt(1) + answer(1))
    record(home, user)
    (project / "s.jsonl").unlink()
    record(home, user)
    proof = prove_all(str(home))
    assert (proof.unproven, proof.findings) == (1, [])


def test_of_two_files_that_tell_the_same_either_may_be_named(home: Path, user: Path, project: Path) -> None:
    said = b"".join(
        prompt(n) + answer(n, content=[{"type": "tool_use", "id": f"t{n}", "name": "Bash"}]) for n in range(3)
    )
    (project / "b.jsonl").write_bytes(said)
    record(home, user)
    (project / "a.jsonl").write_bytes(said)
    record(home, user)
    keep(home)
    ((named,),) = rows(home, "select distinct generation_id from message")
    ((other,),) = rows(home, "select generation_id from generation where generation_id <> ?", (named,))
    for generation, findings in ((other, 0), (99, 1)):
        with closing(sqlite3.connect(home / NAME)) as connection:
            connection.execute("update message set generation_id = ?", (generation,))
            connection.commit()
        assert len(prove_all(str(home)).findings) == findings


def test_limits_that_a_deleted_session_told_of_stay_and_are_no_fault(home: Path, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "sources" / "codex" / "limits" / "user", tmp_path / "user")
    record(home, tmp_path / "user")
    keep(home)
    before = rows(home, "select * from limits")
    do(str(home), "prune", [key for (key,) in rows(home, "select session_key from session")])
    assert rows(home, "select * from limits") == before != []
    assert prove_all(str(home)).findings == []
