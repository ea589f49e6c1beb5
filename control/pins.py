"""Processes that are never called stale. A pin is of one process: a later one of its pid does not inherit it."""

from contextlib import closing

from control.query import moment
from store.control_file import read_control, writing
from store.database import transaction
from store.home import StrPath

PIN = "insert into pin (pid, born, at) values (?, ?, ?) on conflict do nothing"
UNPIN = "delete from pin where pid = ? and born = ?"


def pinned(home: StrPath) -> set[tuple[int, str]]:
    """The pid and the birth of each."""
    reader = read_control(home)
    if reader is None:
        return set()
    with closing(reader):
        return set(reader.execute("select pid, born from pin").fetchall())


def put(home: StrPath, pid: int, born: str, at_s: float) -> None:
    with writing(home, "pinning a process") as writer, transaction(writer):
        writer.execute(PIN, (pid, born, moment(at_s)))


def take(home: StrPath, pid: int, born: str) -> None:
    with writing(home, "unpinning a process") as writer, transaction(writer):
        writer.execute(UNPIN, (pid, born))
