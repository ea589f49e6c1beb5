"""A round of a collector that runs: few transactions, and readers that are kept while they remember little."""

from contextlib import closing
from pathlib import Path

import pytest

from collector.files.look import Look
from collector.recording import read
from collector.recording.once import standing
from collector.recording.record import Recorder
from store.config import load
from store.database import connect_writer, path_in
from tests.collector.recording.load import Writer, writers

PORTION = 1 << 20


@pytest.fixture
def grown(user: Path) -> list[Writer]:
    """Sessions of several agents, by turns."""
    (user / ".codex" / "sessions").mkdir(parents=True)
    return writers(user, 12)


def grow(growing: list[Writer], lines: int) -> None:
    for writer in growing:
        with writer.path.open("ab") as file:
            file.write(writer.take(lines))


def rounds(home: Path, user: Path, growing: list[Writer], sizes: list[int]) -> tuple[Recorder, list[int]]:
    """Let all files grow by so many lines, again and again; gives how many transactions each round made."""
    made: list[int] = []
    with closing(connect_writer(path_in(str(home)), 0)) as connection:
        look = Look(connection, *standing(connection, str(home), load(str(home), []), {}, str(user)))
        recorder = Recorder(connection)
        for lines in sizes:
            grow(growing, lines)
            jobs = [job for slice_ in look.sweep() for job in slice_]
            done: list[None] = []
            recorder.after = lambda done=done: done.append(None)
            recorder.record(jobs, PORTION)
            look.refresh({job.known.source_id for job in jobs})
            made.append(len(done))
    return recorder, made


def test_a_round_makes_one_transaction_for_each_account_however_its_files_alternate(
    home: Path, user: Path, grown: list[Writer]
) -> None:
    assert len({writer.path.relative_to(user).parts[0] for writer in grown}) == 2
    assert rounds(home, user, grown, [20, 5, 5])[1] == [2, 2, 2]


def test_readers_of_many_files_are_kept_until_they_remember_much(
    home: Path, user: Path, grown: list[Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "LINES_KEPT", 30)
    recorder, _ = rounds(home, user, grown, [20, 5])
    assert {stopped.lines for stopped in recorder.kept.values()} == {25}
    assert len(recorder.kept) == len(grown)
    recorder, _ = rounds(home, user, grown, [5, 31])
    assert not recorder.kept
