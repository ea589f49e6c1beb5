"""How a process is ended: gently first, through a hold on that very process, looked at again once it is held.

Never a group, never what is refused here; each signal and what came of it is told as it happens."""

import signal
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from control.machine import Entry, Handle, Machine
from control.scope import ancestors

INTERRUPT, TERM, KILL = ("INT", signal.SIGINT, 1.0), ("TERM", signal.SIGTERM, 5.0), ("KILL", signal.SIGKILL, 5.0)
"""A signal, and how many seconds are given to it."""
SENT, GONE = "sent", "it had ended"
Note = Callable[[int, str, str], None]
"""Told of every step: the pid, what was done, what came of it."""


class Target(NamedTuple):
    """The process that was shown, and no other."""

    pid: int
    born: str
    uid: int | None
    exe: str | None


class Me(NamedTuple):
    """Who acts: its pid, and its user."""

    pid: int
    uid: int | None


def refusal(target: Target, table: Mapping[int, Entry], me: Me) -> str:
    """Why this one is never signalled; "" where nothing speaks against it."""
    if target.pid <= 1:
        return "it is no process, but the system or a group"
    if target.pid == me.pid:
        return "it is fleetmeter itself"
    if target.pid in ancestors(table, me.pid):
        return "fleetmeter was started by it, and would end with it"
    if target.uid is None or (me.uid is not None and target.uid != me.uid):
        return "it is another user's"
    if not target.born:
        return "this system does not say when it began, so nobody can tell it from a later one"
    entry = table.get(target.pid)
    if entry is not None and entry.born == target.born and entry.state == "zombie":
        return f"it has ended: only its parent ({entry.parent}) can reap it"
    return ""


def held(machine: Machine, target: Target) -> Handle | None:
    """A hold on it, if it is still the same: looked at after it is held, so that it cannot become another meanwhile."""
    handle = machine.hold(target.pid)
    if handle is None:
        return None
    entry = machine.entry(target.pid)
    is_same = (
        entry is not None
        and entry.born == target.born
        and entry.state != "zombie"
        and machine.uid(target.pid) == target.uid
        and _present(machine.exe(target.pid)) == _present(target.exe)
    )
    if not is_same:
        handle.close()
        return None
    return handle


def _present(exe: str | None) -> str | None:
    """An update that replaces an executable makes its process no other one."""
    return exe and exe.removesuffix(" (deleted)")


def end(machine: Machine, handle: Handle, pid: int, note: Note, *, force: bool) -> bool:
    """Interrupt it, ask it to end, and where that is wished, end it; says whether it has ended."""
    for name, number, wait_s in (INTERRUPT, TERM, *((KILL,) if force else ())):
        found = _sent(machine, handle, pid, number)
        if found != SENT:
            note(pid, name, found)
            return found == GONE
        if handle.ends(wait_s):
            note(pid, name, "ended")
            return True
        note(pid, name, f"alive after {wait_s:g} s")
    return False


def end_children(machine: Machine, children: Sequence[tuple[int, Handle]], note: Note, *, force: bool) -> int:
    """Those that its end left; gives how many are still there."""
    left = [child for child in children if not child[1].ends(0)]
    for name, number, wait_s in (TERM, *((KILL,) if force else ())):
        there, left = left, list[tuple[int, Handle]]()
        sent = [(pid, handle, _sent(machine, handle, pid, number)) for pid, handle in there]
        for pid, handle, found in sent:
            # While one was waited for, the others had as much time.
            is_over = handle.ends(0.0 if left else wait_s) if found == SENT else found == GONE
            note(pid, name, found if found != SENT else "ended" if is_over else f"alive after {wait_s:g} s")
            if not is_over:
                left.append((pid, handle))
    return len(left)


def _sent(machine: Machine, handle: Handle, pid: int, number: int) -> str:
    """Signal it. One that is stopped takes no signal before it goes on."""
    try:
        if not handle.send(number):
            return GONE
        entry = machine.entry(pid)
        if entry is not None and entry.state == "stopped":
            handle.send(signal.SIGCONT)
    except PermissionError:
        return "the system does not allow it"
    return SENT
