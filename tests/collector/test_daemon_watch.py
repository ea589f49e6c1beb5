"""C11, C12, C18, C19: a line is seen soon, whatever becomes of watches, other files, and a backlog."""

import os
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from collector import watch
from collector.hints import Hints
from collector.look import Look
from collector.once import standing
from collector.pending import PORTION, Pending
from collector.read import Job
from store.config import NOTHING
from store.database import open_writer
from store.sources import Known
from tests.collector.daemons import calm, count, lag, lay, running, status, until
from tests.collector.killing import check_like_clean
from tests.collector.recorded import record
from tests.collector.transcript import answer, prompt


def check_c12(home: Path, project: Path, mutant: str) -> None:
    """Without any hint: known files, new files and new folders are seen within two of the intervals."""
    (project / "a.jsonl").write_bytes(prompt(0, sessionId="a") + b"{broken\n")
    with running(home, project.parents[2], mutant):
        calm(home)
        for number in range(3):
            assert lag(home, project / "a.jsonl", number, 4) < 2 * watch.FAST_SWEEP_S
        (project.parent / "new").mkdir()
        assert lag(home, project.parent / "new" / "b.jsonl", 1, 4) < 2 * watch.FAST_SWEEP_S
        (tree,) = status(home)["watches"]["trees"]
        assert tree["polled"] == "inotify watch limit reached"


@pytest.mark.promise("C12")
def test_C12_without_watches_everything_is_seen_by_polling(home: Path, project: Path) -> None:
    (project / "z.jsonl").write_bytes(answer(7, sessionId="z"))
    check_c12(home, project, "no-watches")
    check_like_clean(home, project.parents[2])


@pytest.mark.mutant("C12")
def test_C12_fails_for_one_that_only_waits_for_hints(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c12(home, project, "never-polls")


@pytest.mark.promise("C12")
def test_C12_watches_that_say_nothing_are_noticed_and_told(home: Path, project: Path) -> None:
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2], "silent-watches"):
        calm(home)
        lag(home, path, 1)
        until(lambda: status(home)["watches"]["trees"][0]["polled"] == watch.UNANNOUNCED, 8)
        assert lag(home, path, 2) < 2


def test_an_appended_line_is_there_at_once(home: Path, project: Path) -> None:
    path = project / "a.jsonl"
    path.write_bytes(prompt(0, sessionId="a"))
    with running(home, project.parents[2]):
        calm(home)
        assert sorted(lag(home, path, number) for number in range(20))[10] < 0.1
        moved = path.rename(project / "b.jsonl")
        assert lag(home, moved, 99) < 1


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
        assert max(lags) < 1.0, f"{max(lags):.2f} s"
        until(lambda: count(home) >= tiny, 600)


@pytest.mark.promise("C11")
def test_C11_one_bad_source_delays_no_other(home: Path, project: Path) -> None:
    check_c11(home, project, 1500)


@pytest.mark.full
@pytest.mark.promise("C11")
def test_C11_a_hundred_thousand_tiny_files_delay_no_other(home: Path, project: Path) -> None:
    check_c11(home, project, 100_000)


@pytest.mark.mutant("C11")
def test_C11_fails_for_one_that_waits_for_a_bad_file(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c11(home, project, 10, "retries-in-place")


def check_c18(home: Path, project: Path, files: int, rate: int, seconds: float, mutant: str = "none") -> None:
    """Many files that grow at once: the lag stays small, and so do memory and the log."""
    paths = [project / f"s{number}.jsonl" for number in range(files)]
    lay(project, files)
    user, probe = project.parents[2], project / "probe.jsonl"
    probe.write_bytes(prompt(0, sessionId="probe"))
    is_over = threading.Event()
    total = 0

    def load() -> None:
        nonlocal total
        began = time.monotonic()
        while not is_over.is_set():
            path = paths[total % files]
            line = prompt(total, uuid=f"load-{total}", sessionId=path.stem)
            with path.open("ab", buffering=0) as file:
                if total % 10:
                    file.write(line)
                else:  # in two parts
                    file.write(line[:40])
                    file.write(line[40:])
            total += 1
            time.sleep(max(0.0, began + total / rate - time.monotonic()))

    loading = threading.Thread(target=load)
    with running(home, user, mutant) as process:
        calm(home)
        loading.start()
        lags, sizes, until_s = list[float](), list[int](), time.monotonic() + seconds
        try:
            while time.monotonic() < until_s:
                lags.append(lag(home, probe, len(lags), 10))
                sizes.append((home / "fleetmeter.db-wal").stat().st_size)
                time.sleep(0.05)
        finally:
            is_over.set()
            loading.join()
        calm(home)
        until(lambda: count(home) == files + 1 + total + len(lags))
        assert sorted(lags)[int(len(lags) * 0.99)] < 1.0
        assert max(sizes) < 64 << 20
        if Path("/proc/self/status").exists():
            words = Path(f"/proc/{process.pid}/status").read_text()
            assert int(words.partition("VmRSS:")[2].split()[0]) < 150 << 10


@pytest.mark.promise("C18")
def test_C18_many_files_grow_and_the_lag_stays_small(home: Path, project: Path) -> None:
    check_c18(home, project, 40, 800, 3.0)


@pytest.mark.full
@pytest.mark.promise("C18")
def test_C18_ten_minutes_of_load(home: Path, project: Path) -> None:
    check_c18(home, project, 200, 5000, 600.0)


@pytest.mark.mutant("C18")
def test_C18_fails_for_one_that_rests_too_long(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c18(home, project, 10, 200, 4.0, "rests-long")


def check_c19(home: Path, project: Path, megabytes: int, mutant: str = "none") -> None:
    """A backlog is read, fast enough, while a file beside it grows and is seen at once."""
    live = project / "live.jsonl"
    live.write_bytes(prompt(0, sessionId="live"))
    with running(home, project.parents[2], mutant):
        calm(home)
        lag(home, live, 1)
        for number in range(max(1, megabytes // 8)):
            (project.parent / f"old{number}").mkdir()
            lay(project.parent / f"old{number}", 8, 10, "x" * 100_000, f"{number}-")
        began, lags, number = time.monotonic(), list[float](), 2
        while status(home)["backlog"]["files"] or not lags:
            lags.append(lag(home, live, number := number + 1, 3))
        took_s = time.monotonic() - began
        assert max(lags) < 2.0
        assert took_s < megabytes / 20 + 2


@pytest.mark.promise("C19")
def test_C19_a_backlog_is_read_beside_live_files(home: Path, project: Path) -> None:
    check_c19(home, project, 48)


@pytest.mark.full
@pytest.mark.promise("C19")
def test_C19_five_gigabytes_beside_live_files(home: Path, project: Path) -> None:
    check_c19(home, project, 5000)


@pytest.mark.mutant("C19")
def test_C19_fails_when_the_backlog_goes_first(home: Path, project: Path) -> None:
    with pytest.raises(AssertionError):
        check_c19(home, project, 48, "backlog-first")
