"""All processes of the machine in a line each: read every few seconds, so by hand where the system is Linux.

psutil takes 4 times as long for the same, and is for all other systems."""

import os
import time
from functools import cache
from typing import NamedTuple

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
        from control import details

        return {pid: Entry(*found) for pid, found in details.everyone().items()}
    clock, found = _clock(), dict[int, Entry]()
    for name in os.listdir("/proc"):
        if name.isdecimal():
            entry = _read(name, clock)
            if entry is not None:
                found[entry.pid] = entry
    return found


def one(pid: int) -> Entry | None:
    """How a process stands now."""
    if HAS_PROC:
        return _read(str(pid), _clock())
    from control import details

    found = details.one(pid)
    return None if found is None else Entry(*found)


def born(pid: int) -> str:
    """When it began; "" when there is none."""
    entry = one(pid)
    return entry.born if entry else ""


class _Units(NamedTuple):
    """What the numbers of /proc are counted in, and which start of the system they are of."""

    hertz: int
    page: int
    boot: str


@cache
def _units() -> _Units:
    with open("/proc/sys/kernel/random/boot_id") as file:
        return _Units(os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE"), file.read().strip())


class _Clock(NamedTuple):
    units: _Units
    booted_s: float


def _clock() -> _Clock:
    """Anew for each look: the clock on the wall may be set."""
    return _Clock(_units(), time.time() - time.clock_gettime(time.CLOCK_BOOTTIME))


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
    word = rest.split(None, 22)
    if len(word) < 22:
        return None
    (hertz, page, boot), ticks = clock.units, int(word[19])
    return Entry(
        int(pid), int(word[1]), head.partition(b" (")[2].decode("utf-8", "replace"), STATES.get(word[0].decode()),
        f"{ticks}@{boot}", clock.booted_s + ticks / hertz,
        (int(word[11]) + int(word[12])) / hertz, (int(word[13]) + int(word[14])) / hertz,
        int(word[21]) * page,
    )  # fmt: skip
