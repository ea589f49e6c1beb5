"""One thread reads for whoever looks on: a short question when something was recorded, and the state of the database.

Nobody else holds the connection. It opens, waits and opens again by itself, whatever becomes of the file."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable

from store import lock
from store.database import open_reader, path_in
from store.errors import NoDatabaseYet
from store.light import Any, NamedTuple
from store.lock import COLLECTING
from viewers.trouble import explain

POLL_S = 0.04
CALM_AFTER_S, CALM_S = 5.0, 0.1
"""So long after the last change it is looked less often: each look wakes the processor."""
AGAIN_S = 0.5
"""How often a database that cannot be opened is tried again, and one that can be looked at for being another."""
AFTER_S = 1.1
"""What is summed up only once a second is read again so long after the last change."""
REST_S = 15.0
HOLDER_S = 2.0
BUSY_S = 0.15

Question = Callable[[sqlite3.Connection, float], Any]


class Trouble(NamedTuple):
    """Why nothing can be read now, and what to do."""

    words: str
    hint: str
    is_empty: bool = False


class Told(NamedTuple):
    """An answer; or why there is none."""

    name: str
    answer: Any
    trouble: Trouble | None
    is_recording: bool
    doing: str


class Reading:
    """Asks the question of what is on the screen, again whenever something was recorded."""

    def __init__(self, home: str, deliver: Callable[[Told], None], *, poll_s: float = POLL_S) -> None:
        self.home, self.deliver, self.poll_s = home, deliver, poll_s
        self.name, self.question = "", _nothing
        self.is_paused = self.is_over = False
        self.wake = threading.Event()
        self.thread = threading.Thread(target=self._run, name="reading", daemon=True)
        self.reader: sqlite3.Connection | None = None
        self.identity: tuple[int, int] | None = None
        self.holder: tuple[float, bool, str] = (0.0, False, "")
        self.longest_s = 0.0
        """The longest answer so far, in time of the processor."""

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.is_over = True
        self.wake.set()
        if self.thread.ident is not None:
            self.thread.join(5)

    def ask(self, name: str, question: Question) -> None:
        """From now on this, at once."""
        self.name, self.question = name, question
        self.wake.set()

    def _run(self) -> None:
        version, due, looked, changed = -1, 0.0, 0.0, 0.0
        while not self.is_over:
            is_asked = self.wake.is_set()
            self.wake.clear()
            now = time.monotonic()
            if self.reader is not None and now - looked >= AGAIN_S:
                looked = now
                if self._identity() != self.identity:
                    self._close()
            try:
                if self.reader is None:
                    self._open()
                    version = -1
                assert self.reader is not None
                (found,) = self.reader.execute("pragma data_version").fetchone()
                if found != version or is_asked or now >= due:
                    if not self.is_paused or is_asked or version == -1:
                        self._answer(self.reader)
                    due = now + (AFTER_S if found != version else REST_S)
                    version, changed = found, changed if found == version else now
            except Exception as error:  # noqa: BLE001 - whatever is wrong with the database is a state to show
                self._close()
                self._tell(None, trouble_of(error))
                self.wake.wait(AGAIN_S)
                continue
            self._look_who()
            self.wake.wait(self.poll_s if now - changed < CALM_AFTER_S else max(self.poll_s, CALM_S))
        self._close()

    def _answer(self, reader: sqlite3.Connection) -> None:
        name, question = self.name, self.question
        began = time.thread_time()  # a busy machine makes it no longer
        answer = question(reader, time.time())
        self.longest_s = max(self.longest_s, time.thread_time() - began)
        if name == self.name:
            self._tell(answer, None)

    def _tell(self, answer: Any, trouble: Trouble | None) -> None:
        _, is_recording, doing = self._holder()
        if not self.is_over:
            self.deliver(Told(self.name, answer, trouble, is_recording, doing))

    def _look_who(self) -> None:
        """A collector that ends or begins is told though nothing was recorded."""
        before = self.holder
        if self._holder()[1:] != before[1:] and before[0]:
            self.wake.set()

    def _holder(self) -> tuple[float, bool, str]:
        now = time.monotonic()
        if not self.holder[0] or now - self.holder[0] >= HOLDER_S:
            holder = lock.holder(self.home)
            self.holder = (now, holder is not None, holder.doing if holder else "")
        return self.holder

    def _open(self) -> None:
        self.identity = self._identity()
        self.reader = open_reader(self.home)
        self.reader.execute(f"pragma busy_timeout = {int(BUSY_S * 1000)}")

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(path_in(self.home))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _close(self) -> None:
        if self.reader is not None:
            self.reader.close()
            self.reader = None


def trouble_of(error: Exception) -> Trouble:
    """What it means to a person."""
    if "database is locked" in str(error):
        return Trouble("another process holds the database", "it is read as soon as that one lets go")
    words, hint = explain(error) or (f"something is wrong: {type(error).__name__}: {error}", "")
    return Trouble(words, hint, isinstance(error, NoDatabaseYet))


def recording_words(told: Told | None) -> str:
    """live, or why what is shown may be old."""
    if told is None:
        return "reading"
    if told.trouble is not None:
        return "no data"
    return "live" if told.is_recording and told.doing == COLLECTING else told.doing or "stopped"


def _nothing(_reader: sqlite3.Connection, _now_s: float) -> None:
    return None
