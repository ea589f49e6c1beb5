"""The folder of a demo: made, marked with the process that made it, found again, and removed, also for one that was
killed. What does not carry our mark is never touched."""

import os
import shutil
import tempfile
from typing import NamedTuple

from store.errors import FleetmeterError
from store.home import create_private, make_folder
from store.process import birth
from viewers.collecting.running import collector, end
from viewers.screen.text import clean

PREFIX, MARKER, USER, DATA = "fleetmeter-demo-", "demo", "home", "fleetmeter"
TEMPORARY = "temporary"
"""Said by the marker of a folder that nobody named or wants to keep."""


def find(home: str | None) -> str | None:
    """The demo in that folder; without one, the newest that runs now."""
    if home is not None:
        folder = os.path.abspath(os.path.expanduser(home))
        return folder if _owner(folder) is not None else None
    running = [(os.lstat(folder).st_mtime, folder) for folder in _all() if _runs(folder)]
    return max(running)[1] if running else None


def tidy() -> list[str]:
    """End and remove what demos left that were killed; gives their folders."""
    left: list[str] = []
    for folder in _all():
        owner = _owner(folder)
        if owner is None or not owner.is_temporary or _runs(folder):
            continue
        data = os.path.join(folder, DATA)
        running = collector(data)  # it was to end with its demo
        if running is not None:
            end(data, running)
        remove(folder, is_ours=True)
        left.append(folder)
    return left


def _all() -> list[str]:
    above = tempfile.gettempdir()
    return sorted(os.path.join(above, name) for name in os.listdir(above) if name.startswith(PREFIX))


class Owner(NamedTuple):
    """The process that made a demo, and its birth. is_temporary: the folder is to go with it."""

    pid: int
    born: str
    is_temporary: bool


def _owner(folder: str) -> Owner | None:
    """Whose demo it is. What lies open, or belongs to somebody else, is none."""
    try:
        found = os.lstat(folder)
        if found.st_uid != os.getuid() or found.st_mode & 0o170077 != 0o040000:
            return None
        with open(os.path.join(folder, MARKER), encoding="utf-8") as file:
            (pid, _, born), *more = (line.partition(" ") for line in file.read(200).splitlines())
        return Owner(int(pid), born, bool(more) and more[0][0] == TEMPORARY)
    except (OSError, ValueError):
        return None


def _runs(folder: str) -> bool:
    owner = _owner(folder)
    return owner is not None and birth(owner.pid) == owner.born


def scope(folder: str) -> str:
    """Of all processes of this machine only those of the demo: an imaginary fleet has nothing to do with others."""
    owner = _owner(folder)
    return f"pid:{owner.pid}" if owner is not None and _runs(folder) else "env:FLEETMETER_DEMO=ended"


def make(home: str | None, *, is_kept: bool) -> str:
    """The folder of a new demo, marked as ours."""
    if home is None:
        folder = tempfile.mkdtemp(prefix=PREFIX)
    else:
        folder = os.path.abspath(os.path.expanduser(home))
        if not make_folder(folder) and (os.path.islink(folder) or not os.path.isdir(folder) or os.listdir(folder)):
            hint = f"look at it with `fleetmeter demo --home {clean(home)} -- today`, or name another folder"
            what = "holds a demo already" if _owner(folder) is not None else "is no empty folder"
            raise FleetmeterError(f"{clean(folder)} {what}", hint=hint if "demo" in what else "name another folder")
        os.chmod(folder, 0o700)
    with os.fdopen(create_private(os.path.join(folder, MARKER)), "w") as file:
        file.write(f"{os.getpid()} {birth(os.getpid())}\n")
        if home is None and not is_kept:
            file.write(f"{TEMPORARY}\n")
    return folder


def remove(folder: str, *, is_ours: bool) -> None:
    """All that was made; a folder that was named stays, empty, if it was there before."""
    for name in (USER, DATA):
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    os.unlink(os.path.join(folder, MARKER))
    if is_ours or not os.listdir(folder):
        shutil.rmtree(folder, ignore_errors=True)
