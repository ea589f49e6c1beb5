"""C11, C12: a line is seen soon, whatever becomes of watches and of other files."""

import os
import threading
from contextlib import closing
from pathlib import Path

import pytest

from collector.files import watch
from collector.files.hints import Hints
from collector.files.look import Look
from collector.recording.once import standing
from collector.recording.pending import PORTION, Pending
from collector.recording.read import Job
from store.config import NOTHING
from store.database import open_writer
from store.sources import Known
from tests.collector.daemons import SLACK, calm, count, lag, lay, running, status, until
from tests.collector.recorded import record
from tests.collector.recording.killing import check_like_clean
from tests.collector.transcript import answer, prompt


def check_c12(home: Path, project: Path, mutant: str) -> None:
    """Without any hint: known files, new files and new folders are seen within two of the intervals."""
    (project / "a.jsonl").write_bytes(prompt(0, sessionId="a") + b"{broken\n")
    with running(home, project.parents[2], mutant):
        calm(home)
        for number in range(3):
            assert lag(home, project / "a.jsonl", number, 4 * SLACK) < 2 * watch.FAST_SWEEP_S * SLACK
        (project.parent / "new").mkdir()
        assert lag(home, project.parent / "new" / "b.jsonl", 1, 4 * SLACK) < 2 * watch.FAST_SWEEP_S * SLACK
        (tree,) = status(home)["watches"]["trees"]
        assert tree["polled"] == "inotify watch limit reached"


@pytest.mark.promise("C12")
@pytest.mark.timed
def test_C12_without_watches_everything_is_seen_by_polling(home: Path, project: Path) -> None:
    (project / "z.jsonl").write_bytes(answer(7, sessionId="z"))
    check_c12(home, project, "no-watches")
    check_like_clean(home, project.parents[2])


@pytest.mark.mutant("C12")
def test_C12_fails_for_one_that_only_waits_for_hints(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c12(home, project, "never-polls")


@pytest.mark.promise("C12")
@pytest.mark.timed
def test_C12_watches_that_say_nothing_are_noticed_and_told(home: Path, project: Path) -> None:
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2], "silent-watches"):
        calm(home)
        lag(home, path, 1)
        until(lambda: status(home)["watches"]["trees"][0]["polled"] == watch.UNANNOUNCED, 8)
        assert lag(home, path, 2) < 2 * SLACK


@pytest.mark.timed
def test_an_appended_line_is_there_at_once(home: Path, project: Path) -> None:
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2]):
        calm(home)
        assert sorted(lag(home, path, number) for number in range(20))[10] < 0.1 * SLACK
        moved = path.rename(project / "b.jsonl")
        assert lag(home, moved, 99) < 1 * SLACK


def test_a_file_that_was_rewritten_under_its_old_times_is_found_within_a_day(home: Path, project: Path) -> None:
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    user = project.parents[2]
    record(home, user)
    hints = Hints(lambda: None)
    with closing(open_writer(home)) as connection, closing(hints):
        look = Look(connection, *standing(connection, str(home), NOTHING, {}, str(user)))
        watching = watch.Watch(look, hints)
        watching.check(watch.DAY_S)
        assert watching.rewritten == []
        path.write_bytes(prompt(1, sessionId="a"))  # as long as the other
        watching.check(watch.DAY_S)
        assert watching.rewritten == [os.fsencode(path)]


def test_what_the_first_sweep_finds_was_not_to_be_announced(
    home: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(project, 3)
    hints = Hints(lambda: None)
    with closing(open_writer(home)) as connection, closing(hints):
        look = Look(connection, *standing(connection, str(home), NOTHING, {}, str(project.parents[2])))
        hints.watch([tree for place in look.places for tree in place.trees])
        watching = watch.Watch(look, hints)
        while not watching.sweeps:
            watching.swept()
        monkeypatch.setattr(watch, "ANNOUNCED_S", -1.0)
        assert watching.judge() == []


def test_of_a_backlog_every_file_has_its_turn_the_newest_first() -> None:
    pending, known = Pending(), dict[bytes, Known]()
    for number in range(3):
        path = b"/%d" % number
        known[path] = Known(number, 1, path, "x", "found", None, None, 0, None, None, 1, 1, 0, b"", b"", None, b"")
        pending.add([Job("x", known[path], "", number, 3 * PORTION)], is_live=True)
    turns = list[bytes]()
    for _ in range(6):
        (job,) = pending.take_backlog(known, 1, 1 << 30)
        turns.append(job.known.raw_path)
        was, now = job.known, job.known._replace(cursor=job.known.cursor + PORTION)
        known[was.raw_path] = now
        pending.go_on(job, was, now)
    assert turns == [b"/2", b"/1", b"/0"] * 2
    assert (pending.left, pending.total) == (3 * PORTION, 9 * PORTION)


def test_a_portion_grows_until_a_line_fits_into_it() -> None:
    pending = Pending()
    was = Known(1, 1, b"/a", "x", "read", None, None, 0, None, None, 1, 1, 0, b"", b"", None, b"")
    for size in (4, 16, 64, 64):
        pending.go_on(Job("x", was, "", 0, 1 << 30), was, was)
        assert pending.portion(b"/a") == size * PORTION
    pending.go_on(Job("x", was, "", 0, 1 << 30), was, was._replace(open_line="1 00"))
    assert pending.portion(b"/a") == PORTION


def check_c11(home: Path, project: Path, tiny: int, mutant: str = "none") -> None:
    """Sources of every bad kind, and many of them; a file beside them is seen within a second all the while."""
    control = project / "control.jsonl"
    control.write_bytes(prompt(0, sessionId="control"))
    with running(home, project.parents[2], mutant):
        calm(home)
        lags = [lag(home, control, 1)]
        os.mkfifo(project / "fifo.jsonl")
        (project / "loop.jsonl").symlink_to(project / "loop.jsonl")
        (project / "p" / "subagents").mkdir(parents=True)
        (project / "p" / "subagents" / "agent-a1.meta.json").write_bytes(b'{"agentType": ')
        lags.append(lag(home, control, 2))
        with (project / "endless.jsonl").open("wb") as endless:
            endless.write(b'{"type":"user","text":"')
            for number in range(12):
                endless.write(b"x" * (4 << 20))
                endless.flush()
                lags.append(lag(home, control, 10 + number))
        many = project.parent / "many"
        many.mkdir()
        laying = threading.Thread(target=lay, args=(many, tiny, 1, "go on", "tiny"))
        laying.start()
        number = 100
        while laying.is_alive() or status(home)["backlog"]["files"]:
            lags.append(lag(home, control, number := number + 1))
        laying.join()
        assert max(lags) < 1.0 * SLACK, f"{max(lags):.2f} s"
        until(lambda: count(home) >= tiny, 600)


@pytest.mark.promise("C11")
@pytest.mark.timed
def test_C11_one_bad_source_delays_no_other(home: Path, project: Path) -> None:
    check_c11(home, project, 1500)


@pytest.mark.promise("C11")
@pytest.mark.timed
def test_C11_files_that_cannot_be_read_delay_no_other(home: Path, project: Path) -> None:
    control, bad = project / "control.jsonl", [project / f"{name}.jsonl" for name in ("eacces", "eio", "estale")]
    control.write_bytes(prompt(0, sessionId="control"))
    with running(home, project.parents[2], "bad-disk"):
        calm(home)
        lags = list[float]()
        for number in range(10):
            for path in bad:
                with path.open("ab") as file:
                    file.write(prompt(number, uuid=f"{path.stem}-{number}", sessionId=path.stem))
            lags.append(lag(home, control, number))
        assert max(lags) < 1.0 * SLACK
        until(lambda: status(home)["files"].get("unreadable") == 3)


@pytest.mark.full
@pytest.mark.promise("C11")
@pytest.mark.timed
def test_C11_a_hundred_thousand_tiny_files_delay_no_other(home: Path, project: Path) -> None:
    check_c11(home, project, 100_000)


@pytest.mark.mutant("C11")
def test_C11_fails_for_one_that_waits_for_a_bad_file(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c11(home, project, 10, "retries-in-place")
