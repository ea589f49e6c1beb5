"""All processes of the machine in a line each: read every few seconds, so by hand where the system is Linux.

psutil takes 4 times as long for the same, and is for all other systems."""

import os
from typing import NamedTuple

from control import details

STATES = {
    "R": "running", "S": "sleeping", "D": "sleeping", "I": "sleeping", "T": "stopped", "t": "stopped",
    "Z": "zombie", "X": "zombie", "x": "zombie",
}  # fmt: skip
HAS_PROC = os.path.exists("/proc/self/stat")


class Entry(NamedTuple):
    """One process. born: when it began, in words that no later process of its pid shares; "" where nobody knows."""

    pid: int
    parent: int | None
    name: str
    state: str | None
    """running, sleeping, stopped, zombie."""
    born: str
    began_s: float | None
    cpu_s: float | None
    """What it used of processors by itself, in all its life."""
    reaped_s: float | None
    """And what its children had used that have ended."""
    memory: int | None


def everyone() -> dict[int, Entry]:
    """Every process that there is."""
    if not HAS_PROC:
        return {pid: Entry(*found) for pid, found in details.everyone().items()}
    clock, found = _Clock(), dict[int, Entry]()
    for name in os.listdir("/proc"):
        if name.isdecimal():
            entry = _read(name, clock)
            if entry is not None:
                found[entry.pid] = entry
    return found


def one(pid: int) -> Entry | None:
    """How a process stands now."""
    if HAS_PROC:
        return _read(str(pid), _Clock())
    found = details.one(pid)
    return None if found is None else Entry(*found)


def born(pid: int) -> str:
    """When it began; "" when there is none."""
    entry = one(pid)
    return entry.born if entry else ""


class _Clock:
    """What the numbers of /proc are counted in."""

    def __init__(self) -> None:
        self.hertz, self.page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
        self.booted_s = details.booted_s()
        with open("/proc/sys/kernel/random/boot_id") as file:
            self.boot = file.read().strip()


def _read(pid: str, clock: _Clock) -> Entry | None:
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            line = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except OSError:
        return None
    # A name may hold spaces and brackets: it ends at the last of them.
    head, _, rest = line.rpartition(b") ")
    word = rest.split()
    if len(word) < 22:
        return None
    ticks = int(word[19])
    return Entry(
        int(pid), int(word[1]), head.partition(b" (")[2].decode("utf-8", "replace"), STATES.get(word[0].decode()),
        f"{ticks}@{clock.boot}", clock.booted_s + ticks / clock.hertz,
        (int(word[11]) + int(word[12])) / clock.hertz, (int(word[13]) + int(word[14])) / clock.hertz,
        int(word[21]) * clock.page,
    )  # fmt: skip
