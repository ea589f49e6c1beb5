"""The checks of `doctor` on this machine: the data folder, the collector, the disk, the agents' folders."""

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from store import lock
from store.archive_pending import Safety, by_root
from store.ask import ask
from store.config import load
from store.database import has_wal_reset_bug, path_in
from store.errors import FleetmeterError
from store.home import BACKUPS, close_to_others
from store.lock import COLLECTING
from viewers.collecting import watching
from viewers.screen import format

OK, NOTE, WARN, BAD = "ok", "note", "warning", "bad"
LOW_BYTES, LEAST_BYTES = 2_000_000_000, 200_000_000
SOON_DAYS = 7
DAY_S = 86_400
LEFTOVERS = (
    "fleetmeter.db.new",
    "fleetmeter.db.new-wal",
    "fleetmeter.db.new-shm",
    "device.new",
    "fleetmeter.db-restored.new",
)
WATCHES = "/proc/sys/fs/inotify/max_user_watches"


class Health(Protocol):
    """What the collector tells of one folder of an agent."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def files(self) -> int: ...
    @property
    def oldest_s(self) -> float | None: ...
    @property
    def newest_s(self) -> float | None: ...
    @property
    def keep_days(self) -> float | None: ...


class Finding(NamedTuple):
    """What one check says. fix mends it, and gives words for it, or "" where there was nothing to do."""

    name: str
    state: str
    words: str
    advice: str = ""
    fix: Callable[[str], str] | None = None
    needs_recording: bool = False


class Patient:
    """What is looked at: a data folder, and what the collector says of it, asked once."""

    def __init__(self, home: str, look: Callable[[], Sequence[Health]]) -> None:
        self.home, self.look = home, look
        self.status: dict[str, Any] = ask(home, "status") or {}
        self.now_s = time.time()


Check = Callable[[Patient, str], Iterator[Finding]]


def folder(patient: Patient, name: str) -> Iterator[Finding]:
    """The data folder is there, and nobody else can read it."""
    if not os.path.isdir(patient.home):
        yield Finding(name, NOTE, f"{patient.home} is not there yet", "`fleetmeter` makes it")
        return
    paths = [patient.home]
    for place in (patient.home, os.path.join(patient.home, BACKUPS)):
        paths += [entry.path for entry in os.scandir(place)] if os.path.isdir(place) else []
    wide = [path for path in paths if stat.S_IMODE(os.lstat(path).st_mode) & 0o077 and not os.path.islink(path)]
    wide = [path for path in wide if path == patient.home or os.path.basename(path).startswith("fleetmeter")]
    if wide:
        others = f" and {len(wide) - 1} more" if wide[1:] else ""
        yield Finding(name, WARN, f"{wide[0]}{others} can be read by others", "close it with `chmod`", _close)
    else:
        yield Finding(name, OK, f"{patient.home}, for you alone")


def leftovers(patient: Patient, name: str) -> Iterator[Finding]:
    """What a crash left halfway; whoever holds the lock may be making it right now."""
    left = [one for one in LEFTOVERS if os.path.lexists(os.path.join(patient.home, one))]
    if left and lock.holder(patient.home) is None and lock.holder(patient.home, lock.CREATOR) is None:
        yield Finding(name, NOTE, f"{', '.join(left)} was left by a crash", "it can be deleted", _delete)


def collector(patient: Patient, name: str) -> Iterator[Finding]:
    """Whether one runs, and what troubles it."""
    said, holder = patient.status, lock.holder(patient.home)
    if holder is None:
        yield Finding(
            name,
            WARN,
            "none runs: nothing is recorded until one does",
            "`fleetmeter start`, or `fleetmeter service install`",
        )
    elif holder.doing != COLLECTING:
        yield Finding(name, NOTE, f"pid {holder.pid} is {holder.doing}", "wait until it has finished")
    elif not said:
        yield Finding(name, BAD, f"pid {holder.pid} does not answer", "`fleetmeter restart`")
    elif said.get("state") in ("waiting", "held up"):
        last: dict[str, str] = said.get("lastError") or {}
        error = last.get("words", "a program reads the database and does not end")
        yield Finding(
            name, BAD, f"pid {said['pid']} is {said['state']}: {error}", "it goes on by itself when that is over"
        )
    else:
        lag = f"{format.size(said['lagBytes'])} and {said['lagSeconds']:.1f} s behind"
        state = WARN if said["lagSeconds"] > 10 else OK
        yield Finding(name, state, f"pid {said['pid']}, {said['state']}, {lag}", "is the machine busy?")
        last = said.get("lastError") or {}
        if last:
            yield Finding(name, NOTE, f"its last error, {last['at']}: {last['words']}")


def processes(patient: Patient, name: str) -> Iterator[Finding]:
    """Whether somebody looks at the processes of agents beside a collector."""
    if patient.status:
        told = watching.standing(patient.home)
        state = OK if told["isWatched"] else WARN if told["isWanted"] else NOTE
        yield Finding(name, state, watching.words(told))


def watches(patient: Patient, name: str) -> Iterator[Finding]:
    """Whether the system tells of changes, or everything is polled."""
    trees: list[dict[str, Any]] = patient.status.get("watches", {}).get("trees", [])
    polled = [tree for tree in trees if tree["polled"]]
    for tree in polled:
        advice = ""
        if "limit" in tree["polled"] and os.path.exists(WATCHES):
            with open(WATCHES) as file:
                advice = f"raise fs.inotify.max_user_watches, which is {file.read().strip()}"
        yield Finding(name, NOTE, f"{tree['path']} is polled: {tree['polled']}", advice)
    if trees and not polled:
        yield Finding(name, OK, f"{format.things(len(trees), 'folder')} watched")


def disk(patient: Patient, name: str) -> Iterator[Finding]:
    """Room for what is to come."""
    place = patient.home
    while not os.path.exists(place):
        place = os.path.dirname(place)
    found = os.statvfs(place)
    free = found.f_bavail * found.f_frsize
    state = BAD if free < LEAST_BYTES else WARN if free < LOW_BYTES else OK
    yield Finding(name, state, f"{format.size(free)} free", "make room: nothing can be recorded on a full disk")


def configuration(patient: Patient, name: str) -> Iterator[Finding]:
    """Whether config.toml can be read; the names of agents in it are checked with their folders."""
    load(patient.home)
    there = os.path.exists(os.path.join(patient.home, "config.toml"))
    yield Finding(name, OK, "config.toml is right" if there else "none: all is as usual")


def sqlite(patient: Patient, name: str) -> Iterator[Finding]:
    """The library that Python brought along."""
    version = sqlite3.sqlite_version
    if has_wal_reset_bug(sqlite3.sqlite_version_info):
        yield Finding(
            name, WARN, f"{version} has the WAL-reset bug, which can damage a database, rarely",
            "only the collector writes, so it hardly can here; a Python with SQLite 3.51.3 has it mended",
        )  # fmt: skip
    else:
        yield Finding(name, OK, version)


def agents(patient: Patient, name: str) -> Iterator[Finding]:
    """Each folder of an agent that is there; and what its own clean-up is about to take."""
    found = patient.look()
    for one in found:
        if one.standing == "found":
            newest = f", the last changed {_ago(patient.now_s - one.newest_s)}" if one.newest_s else ""
            yield Finding(name, OK, f"{one.name}: {one.path}, {format.things(one.files, 'file')}{newest}")
        elif one.standing not in ("not there", "nothing in it"):
            yield Finding(name, WARN, f"{one.name}: {one.path}: {one.standing}", "check its permissions")
    if not any(one.files for one in found):
        yield Finding(
            name, NOTE, "no agent has written anything yet", f"looked in {', '.join(one.path for one in found)}"
        )


def clean_up(patient: Patient, name: str) -> Iterator[Finding]:
    """Agents delete their own files; what is recorded outlives them, and what is archived can be restored."""
    try:
        safety = by_root(patient.home) if os.path.exists(path_in(patient.home)) else {}
    except (FleetmeterError, sqlite3.Error):
        safety = {}  # told by a check of its own
    for one in patient.look():
        if one.keep_days is None or one.oldest_s is None:
            continue
        left = one.keep_days - (patient.now_s - one.oldest_s) / DAY_S
        when = "any time now" if left <= 0 else f"in {left:.0f} days"
        of_it = safety.get(one.path)
        is_safe = patient.status.get("state") == "watching" or (of_it is not None and not of_it.files)
        yield Finding(
            name, NOTE if is_safe or left > SOON_DAYS else WARN,
            f"{one.name} deletes its files after {one.keep_days:g} days: the first of {one.path} {when}; "
            + _safe(of_it),
            "" if is_safe else "`fleetmeter collect --once` makes it safe; a collector that runs, all that is to come",
        )  # fmt: skip


CHECKS: tuple[tuple[str, Check], ...] = (
    ("data folder", folder), ("data folder", leftovers), ("disk", disk), ("configuration", configuration),
    ("sqlite", sqlite), ("collector", collector), ("watches", watches),
    ("processes", processes), ("agents", agents), ("clean-up", clean_up),
)  # fmt: skip


def _safe(safety: Safety | None) -> str:
    if safety is None:
        return "nothing of it is recorded yet"
    kept = f"{format.things(safety.kept_files, 'file')} archived ({format.size(safety.kept_bytes)})"
    if not safety.files:
        return f"all is safe, {kept}"
    return f"{format.things(safety.files, 'file')} ({format.size(safety.bytes)}) not archived yet, {kept}"


def _ago(seconds: float) -> str:
    if seconds < 90:
        return "just now"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes ago"
    return f"{seconds / 3600:.0f} hours ago" if seconds < 2 * DAY_S else f"{seconds / DAY_S:.0f} days ago"


def _close(home: str) -> str:
    if stat.S_IMODE(os.stat(home).st_mode) & 0o077:
        os.chmod(home, 0o700)
    close_to_others(home)
    return "the data folder is for you alone"


def _delete(home: str) -> str:
    gone = [one for one in LEFTOVERS if os.path.lexists(os.path.join(home, one))]
    for one in gone:
        os.unlink(os.path.join(home, one))
    return f"deleted {', '.join(gone)}" if gone else ""
