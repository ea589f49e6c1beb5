"""What is done to processes: written before it is done, never rewritten. What is asked for twice is done once."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from control.query import moment
from store.control_file import read_control, writing
from store.database import transaction
from store.home import StrPath

ENTER = """
insert into act (key, at, who, origin, what, pid, born, agent, session_id, exe)
values (:key, :at, :who, :origin, :what, :pid, :born, :agent, :session_id, :exe)
on conflict (key) do nothing
returning act_id
"""
STEP = "insert into act_step (act_id, at, pid, step, outcome) values (?, ?, ?, ?, ?)"
ASKED = "select exists (select 1 from act where key = ?)"


class Request(NamedTuple):
    """Who asks, from where, and by which key: whoever asks again by the same key has pressed twice."""

    key: str
    who: str
    origin: str


def request(origin: str, key: str = "") -> Request:
    """A request of this user; without a key, one of its own."""
    return Request(key or f"{os.getpid()}-{time.time_ns()}-{os.urandom(6).hex()}", who(), origin)


def who() -> str:
    """The name of the user that this runs as."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return str(getattr(os, "geteuid", lambda: "unknown")())


class Audit:
    """The book of what is done."""

    def __init__(self, home: StrPath, clock: Callable[[], float]) -> None:
        self.home, self.clock = home, clock

    def was_asked(self, key: str) -> bool:
        """Whether there is such a request already."""
        reader = read_control(self.home)
        if reader is None:
            return False
        with closing(reader):
            return bool(reader.execute(ASKED, (key,)).fetchone()[0])

    def enter(self, by: Request, what: str, **target: object) -> int | None:
        """Write what will be done; None where it was asked for already."""
        values = {**by._asdict(), "at": moment(self.clock()), "what": what, **target}
        with writing(self.home, "writing down what is done") as writer, transaction(writer):
            found = writer.execute(ENTER, values).fetchall()
        return found[0][0] if found else None

    def step(self, act: int, pid: int, step: str, outcome: str) -> None:
        """Write what was done of it, and what came of that."""
        with writing(self.home, "writing down what is done") as writer, transaction(writer):
            writer.execute(STEP, (act, moment(self.clock()), pid, step, outcome))
