"""What psutil tells of one process, where the system is not Linux. Whatever it may not tell, or not any more, is None.

psutil has no types: they are given here, and nowhere else is it asked."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

import psutil

T = TypeVar("T")
library = cast("Any", psutil)
STATES = {
    "running": "running", "sleeping": "sleeping", "disk-sleep": "sleeping", "idle": "sleeping", "waiting": "sleeping",
    "parked": "sleeping", "stopped": "stopped", "tracing-stop": "stopped", "zombie": "zombie", "dead": "zombie",
}  # fmt: skip
Told = tuple[int, int | None, str, str | None, str, float | None, float | None, float | None, int | None]


def everyone() -> dict[int, Told]:
    """Every process, as slowly as psutil does it: where there is no other way."""
    return {pid: told for pid in cast("list[int]", library.pids()) if (told := one(pid)) is not None}


def one(pid: int) -> Told | None:
    """A process in a line: pid, parent, name, state, birth, began, processor time, that of ended children, memory."""
    try:
        process = library.Process(pid)
        with process.oneshot():
            began = _may(process.create_time)
            spent = _may(process.cpu_times)
            memory = _may(process.memory_info)
            state = _may(process.status)
            return (
                pid, _may(process.ppid), str(_may(process.name) or ""), STATES.get(str(state)),
                "" if began is None else f"{began:.6f}", began,
                None if spent is None else float(spent.user + spent.system),
                # Where the system does not say it, psutil says 0: that is no knowledge.
                float(spent.children_user + spent.children_system) if spent is not None and _is_linux() else None,
                None if memory is None else int(memory.rss),
            )  # fmt: skip
    except library.Error:
        return None


def uid(pid: int) -> int | None:
    if not hasattr(os, "geteuid"):  # there a user is a name
        name = _ask(pid, lambda process: process.username())
        own = _ask(os.getpid(), lambda process: process.username())
        return None if name is None else int(name != own)
    return _ask(pid, lambda process: int(process.uids().real))


def exe(pid: int) -> str | None:
    return _ask(pid, lambda process: str(process.exe()) or None)


def argv(pid: int) -> list[str] | None:
    return _ask(pid, lambda process: list(map(str, process.cmdline())))


def cwd(pid: int) -> str | None:
    return _ask(pid, lambda process: str(process.cwd()) or None)


def environ(pid: int) -> dict[str, str] | None:
    return _ask(pid, lambda process: dict(process.environ()))


def open_files(pid: int) -> list[str] | None:
    return _ask(pid, lambda process: [str(file.path) for file in process.open_files()])


def terminal(pid: int) -> str | None:
    """The name of its terminal; "" where it has none."""
    if sys.platform == "win32":
        return None
    return _ask(pid, lambda process: str(process.terminal() or ""))


def has_lost_terminal(pid: int) -> bool:
    """Only Linux says so."""
    return False


def _ask(pid: int, question: "Callable[[Any], T]") -> "T | None":
    try:
        return question(library.Process(pid))
    except (library.Error, OSError, NotImplementedError):
        return None


def _may(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except (library.AccessDenied, NotImplementedError):
        return None


def _is_linux() -> bool:
    return sys.platform == "linux"
