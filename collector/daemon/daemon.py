"""The collector that runs until it is stopped: one for each data folder. It ends within two seconds of being told."""

import os
import selectors
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from typing import Any

from collector.alerting.alerts import AlertWatch
from collector.archive.archiver import Archiver
from collector.daemon.alive import bury
from collector.daemon.care import Care
from collector.daemon.log import Log, told
from collector.daemon.status import document, errand
from collector.daemon.tally import Tally
from collector.doors.door import Door
from collector.doors.plan import Plan
from collector.doors.receiver import Receiver
from collector.doors.sent import keep
from collector.files.discover import Root
from collector.files.hints import Hints
from collector.files.look import Look
from collector.files.moved import Files
from collector.recording.live import Live
from collector.recording.once import standing
from collector.sources import all_sources
from store.check import is_damage
from store.config import Config, load, stamp_of
from store.database import connect_writer, path_in
from store.errors import Damaged, FleetmeterError
from store.home import prepare
from store.lock import COLLECTING, hold
from store.process import birth
from store.rescue import open_whole, put_log_aside, replace_damaged

LOCK_WAIT_S = 0.5
TICK_S = 2.0
PAUSES_S = (1.0, 2.0, 4.0)
MOST_MENDS, MENDS_S = 3, 3600.0  # a disk that damages more than that is no place for a database
ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Replaced(Exception):
    """The database was moved or replaced while it was written to: files are those that it had."""

    def __init__(self, words: str, files: Files) -> None:
        super().__init__(words)
        self.files = files


def serve(
    home: str,
    environ: Mapping[str, str],
    user: str,
    ready: Callable[[], None],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    trouble: Callable[[str], None] = lambda _words: None,
) -> None:
    """Record until a signal says to end. A terminal that looks on is told of the import's bytes, and of troubles."""
    load(home, [source.agent for source in all_sources()])  # what is wrong with it is told before anything is made
    prepare(home)
    with (
        hold(home, COLLECTING, wait_s=LOCK_WAIT_S, born=birth(os.getpid())),
        selectors.DefaultSelector() as selector,
    ):
        daemon = Daemon(home, environ, user, selector)
        daemon.progress, daemon.trouble = progress, trouble
        daemon.run(ready)


class Daemon:
    """What lives as long as the process: signals, the door, the log, the tally, and who looks on."""

    progress: Callable[[int, int], None]
    trouble: Callable[[str], None]

    def __init__(self, home: str, environ: Mapping[str, str], user: str, selector: selectors.BaseSelector) -> None:
        self._home, self._environ, self._user, self._selector = home, environ, user, selector
        self.log, self.tally = Log(home), Tally()
        self._live: Live | None = None
        self._care: Care | None = None
        self._alerts: AlertWatch | None = None
        self._mended = list[float]()
        self._receiver, self._plan = Receiver(home, self._tell), Plan(home)
        self._woken, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else _pipe()
        self._is_stopping = self._is_woken = self._is_ready = False
        self._might: tuple[list[Root], set[str]] = [], set()
        selector.register(self._woken, selectors.EVENT_READ, self._hear)

    def run(self, ready: Callable[[], None]) -> None:
        with ExitStack() as stack:
            for number in ENDS:
                stack.callback(signal.signal, number, signal.signal(number, self._stop))
            stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False))
            door = Door(self._home, self._selector, self._answer)
            stack.callback(door.close)
            stack.callback(self._receiver.close)
            self.log.write(f"started, pid {os.getpid()}")
            failures = 0
            while not self._is_stopping:
                began = time.monotonic()
                try:
                    self._session(door, ready)
                except Damaged as error:
                    self._mend(error)
                except FleetmeterError as error:
                    self.log.write(f"ended: {told(error)}")
                    raise
                except (sqlite3.DatabaseError, OSError, Replaced) as error:
                    self._fail(error)
                    failures = 0 if time.monotonic() - began > 60 else failures
                    self._pause(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                    failures += 1
                except BaseException as error:
                    self.log.write(f"ended: {told(error)}")
                    raise
            self.log.write("ended, as it was told")

    def _session(self, door: Door, ready: Callable[[], None]) -> None:
        """One opening of the database."""
        with ExitStack() as stack:
            connection, words = open_whole(self._home)  # made, or migrated, with the usual settings
            connection.close()
            if words:
                self._tell(words)
            # Nobody who waits for a line should wait for a checkpoint: they are made between the rounds.
            connection = stack.enter_context(closing(connect_writer(path_in(self._home), 0)))
            files = Files(self._home)
            config, stamp = self._configured(None)
            look = Look(connection, *standing(connection, self._home, config, self._environ, self._user))
            hints = Hints(self.wake)
            stack.callback(hints.close)
            hints.watch(_trees(look))
            for tree in hints.trees.values():
                if tree.problem:
                    self.log.write(f"{tree.path} is polled: {tree.problem}")
            care = self._care = stack.enter_context(closing(Care(self._home, self.wake)))
            archiver = Archiver(self._home, config.archive)
            stack.callback(archiver.close)
            live = self._live = Live(connection, look, hints, self.tally, archiver)
            self._alerts = AlertWatch(self._home, connection, self.wake, self._tell)
            stack.callback(live.anew.end)
            stack.callback(self._forget)
            self._receiver.tend(config, look.places)
            if not self._is_ready:
                self._is_ready = True
                ready()
            tick_at = time.monotonic() + TICK_S
            while not self._is_stopping:
                self._listen(min(live.wait_s(), max(0.0, tick_at - time.monotonic())))
                if time.monotonic() >= tick_at:
                    tick_at = time.monotonic() + TICK_S
                    self._look_at(files, care)
                    door.sweep()
                    config, stamp = self._tick(live, hints, connection, config, stamp)
                    care.tend(config, is_calm=live.is_calm)
                    self._alerts.tend(config, live, self.tally)
                if self._is_stopping:
                    return
                had_backlog = live.pending.has_backlog
                live.step(lambda: self._is_stopping)
                if had_backlog:
                    self.progress(live.pending.total - live.pending.left, live.pending.total)
                self.tally.sweeps = max(self.tally.sweeps, live.watch.sweeps)

    def _look_at(self, files: Files, care: Care) -> None:
        """Whether the database is what it was, and where it was."""
        if files.lock_is_lost():
            raise FleetmeterError(
                "the data folder was taken away or replaced while a collector wrote there",
                hint="`fleetmeter start` begins again",
            )
        words = files.trouble()
        if words:
            raise Replaced(words, files)
        if care.found:
            raise Damaged(care.found)

    def _tick(
        self, live: Live, hints: Hints, connection: sqlite3.Connection, config: Config, stamp: object
    ) -> tuple[Config, object]:
        """What changes rarely, looked at every two seconds: the configuration, the trees, whether hints come."""
        bury(connection, live.look.device)
        now, now_stamp = config, stamp_of(self._home)
        if now_stamp != stamp:
            now, stamp = self._configured(config)
        live.archiver.config = now.archive
        live.archiver.tend(is_importing=live.is_importing)
        if now is not config or self._trees_there(live.look) != set(_trees(live.look)):
            _, live.look.places = standing(connection, self._home, now, self._environ, self._user)
            live.watch.sweep_soon()
        self._receiver.tend(now, live.look.places)
        self._plan.tend(now, live.look.places)
        if hints.watch(_trees(live.look)):
            live.watch.sweep_soon()
        for path in live.watch.judge():
            self.log.write(f"{path} is polled: its changes come without being announced")
        while live.watch.rewritten:
            live.look.rewrite(live.watch.rewritten.pop())
            live.watch.sweep_soon()
        return now, stamp

    def _trees_there(self, look: Look) -> set[str]:
        """Which of all trees that any root may have exist now. Whose places have not changed, their names neither."""
        if self._might[0] is not look.places:
            names = {tree for place in look.places for tree in place.might}
            self._might = look.places, names
        return {tree for tree in self._might[1] if os.path.exists(tree)}

    def _configured(self, before: Config | None) -> tuple[Config, object]:
        """The configuration; one that is broken changes nothing, and is told."""
        stamp = stamp_of(self._home)
        try:
            return load(self._home, [source.agent for source in all_sources()]), stamp
        except FleetmeterError as error:
            if before is None:
                raise
            self._tell(told(error))
            return before, stamp

    def _fail(self, error: Exception) -> None:
        """The session is over; the next one may do better, or nobody can."""
        if is_damage(error):
            self._mend(error)
            return
        self._tell(str(error) if isinstance(error, Replaced) else told(error))
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        if isinstance(error, Replaced):
            self.tally.replacements += 1
            if error.files.log_is_left():
                put_log_aside(self._home, str(error))

    def _mend(self, error: Exception) -> None:
        """Put a damaged database aside, whole; the next session records anew whatever can be had."""
        now = time.monotonic()
        self._mended = [at for at in self._mended if now - at < MENDS_S] + [now]
        if len(self._mended) > MOST_MENDS:
            self.log.write(f"ended: {told(error)}")
            raise FleetmeterError(
                f"the database was damaged {MOST_MENDS} times within an hour: {told(error)}",
                hint="check the disk, or set FLEETMETER_HOME to another one",
            ) from error
        self._tell(replace_damaged(self._home, str(error)))

    def _tell(self, words: str) -> None:
        self.trouble(words)
        self.log.write(words)
        self.tally.fail(words)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_stopping and (left := until - time.monotonic()) > 0:
            self._listen(left)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            key.data()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "feed" in asked:
            return keep(self._home, self._live.look.places if self._live is not None else (), asked["feed"])
        question = str(asked.get("ask"))
        if question != "status":
            return errand(self._home, question, self._live, self._alerts)
        said = document(self._home, self.tally, self._live, self._care, self._alerts)
        return {**said, "telemetry": self._receiver.document(), "limits": self._plan.document()}

    def _forget(self) -> None:
        self._live = self._care = self._alerts = None

    def _stop(self, *_: object) -> None:
        self._is_stopping = True

    def wake(self) -> None:
        """Called by the thread that watches."""
        if not self._is_woken:
            self._is_woken = True
            with suppress(BlockingIOError):
                os.write(self._waker, b"\0")

    def _hear(self) -> None:
        self._is_woken = False
        with suppress(BlockingIOError):
            os.read(self._woken, 4096)


def _trees(look: Look) -> list[str]:
    return list(dict.fromkeys(tree for place in look.places for tree in place.trees))


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends
