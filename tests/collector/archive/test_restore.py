"""What was deleted comes back byte for byte, is the same source as before, and never in the place of anything."""

import hashlib
import os
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest

from collector.archive.prove import prove
from collector.archive.restore import Restored, restore
from collector.lines.edits import edits
from collector.lines.texts import texts
from store.belongs import LOOSE, loose_named, sources_of, sources_of_all
from store.database import open_reader
from store.edit import Edit, Hunk
from store.errors import FleetmeterError
from tests.collector.archive.archived import change, keep
from tests.collector.claude_tree import lay_tree
from tests.collector.daemons import running, until
from tests.collector.recorded import check_same, record, rows, views
from tests.collector.transcript import SESSION, answer, prompt

GONE = {"sources": {"state", "reason", "read_at"}}


def tree_hash(*folders: Path) -> str:
    """Of names and contents."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found.update(f"{path.relative_to(folder)}\0{path.stat().st_mtime_ns}\0".encode() + path.read_bytes())
    return found.hexdigest()


def sessions(home: Path) -> list[int]:
    return [row[0] for row in rows(home, "select session_key from session order by session_key")]


def asked(home: Path) -> list[list[int]]:
    """The files of each session, and those of none by their names."""
    with closing(open_reader(home)) as reader:
        names = [row[1].decode() for row in reader.execute(LOOSE).fetchall()]
        loose = [loose_named(reader, Path(name).stem) for name in names]
        return [*(sources_of(reader, [key]) for key in sessions(home)), *loose]


def back(home: Path, *, to: str | None = None, is_dry: bool = False) -> list[Restored]:
    return [one for sources in asked(home) for one in restore(str(home), sources, to, is_dry=is_dry)]


def check_deleted_and_back(home: Path, user: Path, *folders: Path) -> None:
    """Delete all that was recorded: every view answers as before; restored, it is what it was, and nothing is news."""
    record(home, user)
    keep(home)
    before, answers = tree_hash(*folders), views(home, without=GONE)
    for folder in folders:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    record(home, user)
    check_same(views(home, without=GONE), answers)
    assert {one.state for one in back(home, is_dry=True)} == {"would be written"}
    assert {one.state for one in back(home)} <= {"written", "there"}
    assert tree_hash(*folders) == before
    generations = rows(home, "select count(*) from generation")
    assert record(home, user).records == len(
        rows(home, "select 1 from source where kind in ('agent-meta', 'workflow')")
    )
    check_same(views(home, without=GONE), answers)
    assert rows(home, "select count(*) from generation") == generations
    assert prove(str(home)).findings == []


def test_every_session_comes_back_as_it_was(home: Path, user: Path, project: Path) -> None:
    lay_tree(project, turns=4)
    with open(next(project.glob("*.jsonl")), "ab") as file:
        file.write(b'{"type":"user","cut of')
    spilled = next(project.glob("*.jsonl")).with_suffix("") / "tool-results" / "b.txt"
    spilled.parent.mkdir(parents=True)
    spilled.write_text("a long output")
    (project / "5e551011-0000-4000-8000-00000000000e.jsonl").touch()  # a session that was never begun
    (project / "5e551011-0000-4000-8000-00000000000f.jsonl").write_bytes(
        b'{"type":"summary","summary":"a title alone","leafUuid":"nobody"}\n'
    )
    (next(project.rglob("agent-*.jsonl")).parent / "agent-never-ran.jsonl").touch()
    check_deleted_and_back(home, user, project)
    assert {stat.S_IMODE(path.stat().st_mode) for path in project.rglob("*") if path.is_file()} == {0o600}


@pytest.mark.full
def test_every_session_of_the_corpus_comes_back_as_it_was(home: Path, tmp_path: Path) -> None:
    from tests.collector.published import CORPUS

    user = tmp_path / "published"
    alone = shutil.ignore_patterns("cache")  # of a viewer, which no session names
    shutil.copytree(CORPUS / "claude", user / ".claude" / "projects" / "p", ignore=alone)
    shutil.copytree(CORPUS / "codex", user / ".codex" / "sessions")
    check_deleted_and_back(home, user, user / ".claude" / "projects" / "p", user / ".codex" / "sessions")


def test_nothing_that_is_there_is_replaced(home: Path, user: Path, project: Path, tmp_path: Path) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    with pytest.raises(FleetmeterError, match="nothing is archived yet"):
        back(home)
    keep(home)
    path.write_bytes(b"somebody else's")
    assert [one.state for one in back(home)] == ["there"]
    assert path.read_bytes() == b"somebody else's"
    (one,) = back(home, to=str(tmp_path / "elsewhere"))
    assert Path(one.path) == tmp_path / "elsewhere" / "projects" / "p" / path.name
    assert Path(one.path).read_bytes() == prompt(1) + answer(1)


def test_all_that_was_deleted_comes_back_at_once(home: Path, user: Path, project: Path) -> None:
    lay_tree(project, turns=2)
    (project / "5e551011-0000-4000-8000-00000000000e.jsonl").touch()
    record(home, user)
    keep(home)
    before = tree_hash(project)
    shutil.rmtree(project)
    with closing(open_reader(home)) as reader:
        sources = sources_of_all(reader)
    assert {one.state for one in restore(str(home), sources, None, is_dry=False)} == {"written"}
    assert tree_hash(project) == before


def test_what_is_damaged_is_not_written(home: Path, user: Path, project: Path) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    keep(home)
    path.unlink()
    change(home, "update content set packed = cast(substr(packed, 1, length(packed) - 5) || x'0102030405' as blob)")
    assert [one.state for one in back(home)] == ["damaged"]
    assert os.listdir(project) == []


def test_a_collector_that_runs_takes_it_for_the_same(home: Path, user: Path, project: Path) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1) + answer(1))
    record(home, user)
    keep(home)
    path.unlink()
    with running(home, user):
        until(lambda: rows(home, "select state from source") == [("gone",)])
        assert [one.state for one in back(home)] == ["written"]
        until(lambda: rows(home, "select state from source") == [("read",)])
        with open(path, "ab") as file:
            file.write(prompt(2))
        until(lambda: rows(home, "select count(*) from record") == [(3,)])
    assert rows(home, "select count(*) from generation") == [(1,)]


def test_what_was_edited_is_read_of_the_file_and_of_the_archive(home: Path, user: Path, project: Path) -> None:
    path = project / f"{SESSION}.jsonl"
    asked = {"file_path": "/w/a.py", "old_string": "b", "new_string": "c"}
    block = {"type": "tool_use", "id": "t1", "name": "Edit", "input": asked}
    call = answer(2, message={"id": "msg_2", "role": "assistant", "model": "m", "content": [block]})
    path.write_bytes(prompt(1) + answer(1) + call + prompt(200) + answer(200))
    record(home, user)
    keep(home)
    edits_are = {"t1": [Edit("/w/a.py", (Hunk(("-b", "+c")),))]}
    assert edits(str(home), sessions(home), ["t1"]) == edits_are
    assert edits(str(home), sessions(home), ["t2"]) == edits(str(home), [], ["t1"]) == {}
    path.unlink()
    assert edits(str(home), sessions(home), ["t1"]) == edits_are


def test_texts_are_whole_of_the_file_and_of_the_archive(home: Path, user: Path, project: Path) -> None:
    path = project / f"{SESSION}.jsonl"
    path.write_bytes(prompt(1, "a word, " * 1000 + ".") + answer(1, "an answer, " * 1000 + "."))
    record(home, user)
    keep(home)
    whole = {("p1", 0): "a word, " * 1000 + ".", ("a1", 0): "an answer, " * 1000 + "."}
    assert texts(str(home), sessions(home)) == whole
    path.unlink()
    assert texts(str(home), sessions(home)) == whole
