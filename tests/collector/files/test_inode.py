"""An inode is worth nothing as a name: it is given away again at once. And a name is worth nothing as an identity."""

import random
import threading
import time
from pathlib import Path

import pytest

from collector.files import look, tail
from tests.collector.recorded import record, rows, source
from tests.collector.transcript import SESSION, answer, line, prompt

# Longer than what is compared of a beginning, and the same in every file.
SAME_HEAD = line(type="file-history-snapshot", snapshot="x" * 2 * tail.FINGERPRINT)


def check_c6(rounds: int, folder: Path, home: Path, user: Path) -> None:
    """A file that was deleted and made again is read from its start; what the old one said is kept."""
    dice, path = random.Random(6), folder / f"{SESSION}.jsonl"
    reused, inode, answers = 0, 0, 0
    for number in range(1, rounds + 1):
        before = path
        if number > 1:
            path.unlink()
            path = folder / dice.choice((f"{SESSION}.jsonl", f"other-{number}.jsonl"))
        more = dice.choice((1, 1, 2))
        head = dice.choice((SAME_HEAD, b""))
        path.write_bytes(head + b"".join(prompt(n) + answer(n) for n in range(answers + 1, answers + more + 1)))
        answers += more
        reused += path.stat().st_ino == inode
        inode = path.stat().st_ino
        record(home, user)
        seen = source(home, path)
        assert (seen["state"], seen["cursor_bytes"]) == ("read", path.stat().st_size)
        found = {row[0] for row in rows(home, "select message_id from responses")}
        assert found == {f"msg_{n}" for n in range(1, answers + 1)}
        if before != path:
            assert source(home, before)["state"] == "gone"  # C22: what is not there any more says so
    assert reused > rounds / 2 or rounds < 5, "this file system does not reuse inodes: nothing was tried"


@pytest.mark.promise("C6")
@pytest.mark.promise("C22")
def test_C6_a_reused_inode_is_another_file(project: Path, home: Path, user: Path) -> None:
    check_c6(30, project, home, user)


@pytest.mark.full
@pytest.mark.promise("C6")
def test_C6_a_reused_inode_is_another_file_for_long(project: Path, home: Path, user: Path) -> None:
    check_c6(500, project, home, user)


@pytest.mark.mutant("C6")
def test_C6_fails_when_an_inode_is_trusted(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail.Tail, "holds", lambda *_: True)
    with pytest.raises(AssertionError):
        check_c6(30, project, home, user)


def check_c7(renames: int, folder: Path, home: Path, user: Path) -> None:
    """A file that is renamed while it grows stays one source, and no line of it is lost or doubled."""
    dice, path, answers, size = random.Random(7), folder / "f.jsonl", 1, 0
    path.write_bytes(prompt(1) + answer(1))
    for number in range(renames):
        if dice.random() < 0.5:
            record(home, user)
        answers += 1
        content = prompt(answers) + answer(answers)
        cut = dice.choice((0, len(content), dice.randrange(len(content))))
        with open(path, "ab") as file:
            file.write(content[:cut])
            target = dice.choice((folder, folder / "sub" / "deeper")) / f"f{number}.jsonl"
            target.parent.mkdir(parents=True, exist_ok=True)
            path = path.rename(target)
            if dice.random() < 0.5:
                file.flush()
                record(home, user)
            file.write(content[cut:])
        size = path.stat().st_size
    record(home, user)
    found = rows(home, "select path, state, cursor_bytes, generation, records from sources")
    assert found == [(str(path), "read", size, 1, 2 * answers)]
    assert rows(home, "select count(*), sum(output_tokens) from responses") == [(answers, 10 * answers)]


@pytest.mark.promise("C7")
def test_C7_a_rename_is_not_another_file(project: Path, home: Path, user: Path) -> None:
    check_c7(60, project, home, user)


@pytest.mark.mutant("C7")
def test_C7_fails_when_a_path_is_an_identity(
    project: Path, home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "_is_same", lambda *_: False)
    with pytest.raises(AssertionError):
        check_c7(20, project, home, user)


@pytest.mark.full
@pytest.mark.promise("C7")
def test_C7_renames_under_a_writer(project: Path, home: Path, user: Path) -> None:
    """200 renames, while another thread writes 1,000 lines a second to the same open file."""
    path, written, is_done = project / "f.jsonl", 0, threading.Event()
    path.write_bytes(b"")

    def write() -> None:
        nonlocal written
        with open(path, "ab", buffering=0) as file:
            while not is_done.is_set():
                written += 1
                file.write(answer(written))
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    current = path
    while not written:
        time.sleep(0.001)
    for number in range(200):
        record(home, user)
        current = current.rename(project / f"f{number}.jsonl")
    is_done.set()
    writer.join()
    record(home, user)
    assert rows(home, "select count(*) from sources") == [(1,)]
    assert rows(home, "select count(*), sum(output_tokens) from responses") == [(written, 10 * written)]
