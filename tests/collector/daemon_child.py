"""A collector that runs, for tests: `daemon_child.py <mutant> <home> <user>`. It ends with its stdin, whatever happens.

A mutant is a broken implementation, put in place of the right one before it begins.
"""

import contextlib
import errno
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import collector.archive.archiver as archiver
import collector.daemon.daemon as daemon
import collector.daemon.guard as guard
import collector.files.hints as hints
import collector.files.look as look
import collector.files.watch as watch
import collector.recording.live as live
import collector.recording.read as read
from collector.sources import all_sources
from store.database import connect_writer

home = Path(sys.argv[2])


def no_watches() -> None:
    """Every watch is refused, as where the system allows no more of them."""

    def refuse() -> None:
        raise OSError(28, "inotify watch limit reached")

    hints.Observer = refuse


def silent_watches() -> None:
    """Watches are granted, and never tell of anything: a network mount, a container's."""
    setattr(hints.Hints, "on_any_event", lambda *_: None)  # noqa: B010 - a method of another shape
    watch.SWEEP_S = 0.3


def full_disk() -> None:
    """While a file `full` lies beside the data folder, the database cannot grow."""

    def connect(path: str, pages: int) -> sqlite3.Connection:
        connection = connect_writer(path, pages)
        if home.with_name("full").exists():
            (count,) = connection.execute("pragma page_count").fetchone()
            connection.execute(f"pragma max_page_count = {count + 2}")
        return connection

    daemon.connect_writer = connect
    swept = live.Live.step

    def step(self: live.Live, is_stopping: Callable[[], bool]) -> None:
        if home.with_name("full").exists():  # also of a database that was opened before
            self._connection.execute("pragma max_page_count = 1")
        swept(self, is_stopping)

    live.Live.step = step


def small_log() -> None:
    """The bounds of the write-ahead log, small enough for a short test."""
    guard.EVERY_BYTES, guard.RESTART_ABOVE, guard.TOLD_ABOVE, guard.STOP_ABOVE = 1 << 16, 1 << 19, 1 << 20, 2 << 20
    live.BACKLOG_BYTES = 1 << 18


def no_lock() -> None:
    @contextlib.contextmanager
    def nothing(*_: object, **__: object) -> Generator[None, None, None]:
        yield

    daemon.hold = nothing


def deaf() -> None:
    setattr(daemon.Daemon, "_stop", lambda *_: None)  # noqa: B010 - as above


def never_polls() -> None:
    no_watches()
    setattr(watch.Watch, "polled", lambda *_: [])  # noqa: B010 - as above
    watch.FAST_SWEEP_S = 60.0


def retries_in_place() -> None:
    """It waits for a file that cannot be read, and for all others with it."""
    after = live.Live._after

    def wait(self: live.Live, job: Any, *, is_cut: bool) -> None:
        after(self, job, is_cut=is_cut)
        if self.look.known[job.known.raw_path].state == "unreadable":
            time.sleep(2.0)

    live.Live._after = wait


def rests_long() -> None:
    live.REST, live.LONGEST_REST_S = 1e6, 1.5


def backlog_first() -> None:
    step = live.Live.step

    def starve(self: live.Live, is_stopping: Callable[[], bool]) -> None:
        self._rest_until = time.monotonic() + 10 if self.pending.has_backlog else 0.0
        time.sleep(0.1 * self.pending.has_backlog)  # of a disk that is slow
        step(self, is_stopping)

    live.Live.step = starve
    live.BACKLOG_BYTES = 1 << 12


def heartbeat() -> None:
    """It says in a file that it is alive."""
    sweep = daemon.Door.sweep

    def write(self: Any) -> None:
        sweep(self)
        (home / "fleetmeter.alive").write_text(str(time.time()))

    daemon.Door.sweep = write


def gives_up() -> None:
    full_disk()
    daemon.PAUSES_S = (60.0,)


def talkative() -> None:
    """The log quotes what was read."""
    full_disk()
    record = live.Live._record

    def quote(self: live.Live, jobs: list[Any]) -> None:
        for job in jobs:
            daemon.Log(str(home)).write(Path(os.fsdecode(job.known.raw_path)).read_text(errors="replace")[:2000])
        record(self, jobs)

    live.Live._record = quote


def bad_disk() -> None:
    """Some files cannot be read, however often one tries."""
    opened = read.open_lines

    def fail(raw_path: bytes) -> Any:
        for name, number in ((b"eacces", errno.EACCES), (b"eio", errno.EIO), (b"estale", errno.ESTALE)):
            if name in raw_path:
                raise OSError(number, os.strerror(number))
        return opened(raw_path)

    read.open_lines = fail


def never_looks() -> None:
    setattr(daemon.Files, "trouble", lambda *_: "")  # noqa: B010 - a method of another shape


def forgets() -> None:
    """After a start it takes all that lies there as read."""
    known_sources = look.known_sources

    def known(connection: sqlite3.Connection, device: int) -> Any:
        found = known_sources(connection, device)
        return {path: each._replace(cursor=each.cursor and os.stat(path).st_size) for path, each in found.items()}

    look.known_sources = known


def archive_soon() -> None:
    archiver.QUIET_S, daemon.TICK_S = 0.1, 0.1


def newer() -> None:
    """A version that was raised since."""
    for source in all_sources():
        type(source).version = 2  # type: ignore[misc] - a class of its own


def no_bound() -> None:
    small_log()
    setattr(guard.Guard, "must_stop", False)  # noqa: B010 - a property, which cannot be assigned


MUTANTS: dict[str, Callable[[], None]] = {
    "none": lambda: None, "no-watches": no_watches, "silent-watches": silent_watches, "full-disk": full_disk,
    "small-log": small_log, "no-lock": no_lock, "deaf": deaf, "never-polls": never_polls,
    "retries-in-place": retries_in_place, "rests-long": rests_long, "backlog-first": backlog_first,
    "never-looks": never_looks, "talkative": talkative, "bad-disk": bad_disk,
    "heartbeat": heartbeat, "gives-up": gives_up, "no-bound": no_bound, "forgets": forgets,
    "archive-soon": archive_soon, "newer": newer,
}  # fmt: skip


def note(name: str, words: str) -> None:
    """What a terminal would show, for the test to read."""
    with home.with_name(name).open("a") as file:
        file.write(f"{words}\n")


def end_with_stdin() -> None:
    while os.read(0, 1):  # not through Python's buffer, which cannot be left at the end
        pass
    os._exit(9)


if __name__ == "__main__":
    threading.Thread(target=end_with_stdin, daemon=True).start()
    MUTANTS[sys.argv[1]]()
    try:
        daemon.serve(
            sys.argv[2], {}, sys.argv[3], lambda: print("ready", flush=True),  # noqa: T201 - for the test
            lambda done, total: note("progress", f"{done} {total}"), lambda words: note("trouble", words),
        )  # fmt: skip
    except daemon.FleetmeterError as error:
        sys.exit(f"{error}")
