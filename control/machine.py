"""What the system tells of processes, and how one is signalled: the only place that asks it.

Whatever it does not tell is None, never a guess: on macOS and Windows that is more than on Linux."""

import os
import select
import signal
import sys
import time
from typing import NamedTuple, Protocol

from control import proc, table
from control.table import Entry as Entry


class Terminal(NamedTuple):
    """The terminal of a process. name: None where nobody can tell, "" where there is none."""

    name: str | None
    is_gone: bool = False
    """Whether it had one that is closed."""


class Handle(Protocol):
    """A hold on one process, and on no later one of its pid."""

    def send(self, number: int) -> bool:
        """Signal it; False when it is not there any more."""
        ...

    def ends(self, seconds: float) -> bool:
        """Wait for its end; says whether it came."""
        ...

    def close(self) -> None: ...


class Machine(Protocol):
    """A system with processes. Nothing raises: what is gone, or not told, is None."""

    def table(self) -> dict[int, Entry]: ...
    def entry(self, pid: int) -> Entry | None: ...
    def uid(self, pid: int) -> int | None: ...
    def exe(self, pid: int) -> str | None: ...
    def argv(self, pid: int) -> list[str] | None: ...
    def cwd(self, pid: int) -> str | None: ...
    def terminal(self, pid: int) -> Terminal: ...
    def open_files(self, pid: int) -> list[str] | None: ...
    def environ(self, pid: int) -> dict[str, str] | None: ...
    def hold(self, pid: int) -> Handle | None: ...
    def monotonic(self) -> float: ...
    def wait(self, seconds: float) -> None: ...


class System:
    """The machine that this runs on."""

    def table(self) -> dict[int, Entry]:
        return table.everyone()

    def entry(self, pid: int) -> Entry | None:
        return table.one(pid)

    def uid(self, pid: int) -> int | None:
        return _teller().uid(pid)

    def exe(self, pid: int) -> str | None:
        return _teller().exe(pid)

    def argv(self, pid: int) -> list[str] | None:
        return _teller().argv(pid)

    def cwd(self, pid: int) -> str | None:
        return _teller().cwd(pid)

    def terminal(self, pid: int) -> Terminal:
        return Terminal(_teller().terminal(pid), _teller().has_lost_terminal(pid))

    def open_files(self, pid: int) -> list[str] | None:
        return _teller().open_files(pid)

    def environ(self, pid: int) -> dict[str, str] | None:
        return _teller().environ(pid)

    def hold(self, pid: int) -> Handle | None:
        if sys.platform != "linux":
            born = table.born(pid)
            return Watched(pid, born) if born else None
        try:
            return Pidfd(os.pidfd_open(pid))
        except OSError:
            return None

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class Teller(Protocol):
    """Who tells of one process on this system."""

    def uid(self, pid: int, /) -> int | None: ...
    def exe(self, pid: int, /) -> str | None: ...
    def argv(self, pid: int, /) -> list[str] | None: ...
    def cwd(self, pid: int, /) -> str | None: ...
    def terminal(self, pid: int, /) -> str | None: ...
    def has_lost_terminal(self, pid: int, /) -> bool: ...
    def open_files(self, pid: int, /) -> list[str] | None: ...
    def environ(self, pid: int, /) -> dict[str, str] | None: ...


def _teller() -> Teller:
    if table.HAS_PROC:
        return proc
    from control import details

    return details


class Pidfd:
    """Held by a descriptor, which Linux never gives to a later process."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def send(self, number: int) -> bool:
        try:
            signal.pidfd_send_signal(self.descriptor, number)
        except ProcessLookupError:
            return False
        return True

    def ends(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return bool(poll.poll(max(0, int(seconds * 1000))))

    def close(self) -> None:
        os.close(self.descriptor)


class Watched:
    """Held by its birth alone, where the system has no descriptors of processes: looked at before each signal."""

    def __init__(self, pid: int, born: str) -> None:
        self.pid, self.born = pid, born

    def send(self, number: int) -> bool:
        if table.born(self.pid) != self.born:
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def ends(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while (entry := table.one(self.pid)) is not None and entry.born == self.born and entry.state != "zombie":
            if time.monotonic() >= end:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        pass
