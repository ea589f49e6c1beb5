"""Databases that were put aside, whole: damaged ones, and those that another one took the place of. None is deleted.

A folder for each, named by its time, with the database, its log and the reason. The database goes first: from then on
its name is free, and whoever comes after a crash takes the rest there too.
"""

import os
import time
from collections.abc import Generator
from contextlib import suppress
from typing import NamedTuple

from store import home as homes
from store.database import NAME
from store.home import ASIDE, StrPath

REASON = "reason"
PART = ".part"
TIMES = "%Y%m%dT%H%M%SZ"
LOG_PIECES = (f"{NAME}-wal", f"{NAME}-shm", f"{NAME}-journal")
PIECES = (NAME, *LOG_PIECES)


class Aside(NamedTuple):
    """One that was put aside: when, why, and where it lies."""

    path: str
    at: str
    reason: str


def put_aside(home: StrPath, reason: str, now: float, pieces: tuple[str, ...] = PIECES) -> str:
    """Move the database and its log into a folder of their own, and give its path. The caller writes, and nobody else:
    it holds the lock, and no connection."""
    finish(home)
    folder = _new_folder(home, now)
    part = folder + PART
    homes.make_folder(part)
    descriptor = homes.create_private(os.path.join(part, REASON))
    try:
        os.write(descriptor, reason.encode("utf-8", "backslashreplace"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _move(home, part, pieces)
    os.rename(part, folder)
    homes.sync_folder(os.path.dirname(folder))
    return folder


def finish(home: StrPath) -> None:
    """What a crash left halfway: a log goes where its database went."""
    folder = os.path.join(home, ASIDE)
    if not os.path.isdir(folder):
        return
    for name in sorted(os.listdir(folder)):
        if not name.endswith(PART):
            continue
        part = os.path.join(folder, name)
        if os.path.lexists(os.path.join(part, NAME)):
            if not os.path.lexists(os.path.join(home, NAME)):
                _move(home, part, LOG_PIECES)
            os.rename(part, part.removesuffix(PART))
        elif os.listdir(part) == [REASON]:  # nothing was moved yet
            os.unlink(os.path.join(part, REASON))
            os.rmdir(part)
        else:
            os.rename(part, part.removesuffix(PART))
        homes.sync_folder(folder)


def all_aside(home: StrPath) -> list[Aside]:
    """All of them, the latest first."""
    folder = os.path.join(home, ASIDE)
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except OSError:
        return []
    return list(_read(folder, names))


def _read(folder: str, names: list[str]) -> Generator[Aside, None, None]:
    for name in names:
        path = os.path.join(folder, name)
        try:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.strptime(name[:16], TIMES))
        except ValueError:
            continue  # none of ours
        reason = ""
        with suppress(OSError), open(os.path.join(path, REASON), encoding="utf-8", errors="replace") as file:
            reason = file.read(1_000).strip()
        yield Aside(path, at, reason)


def _new_folder(home: StrPath, now: float) -> str:
    folder = os.path.join(home, ASIDE)
    homes.make_folder(folder)
    name = time.strftime(TIMES, time.gmtime(now))
    number = 1
    while os.path.lexists(os.path.join(folder, name)) or os.path.lexists(os.path.join(folder, name + PART)):
        number += 1
        name = f"{name[:16]}-{number}"
    return os.path.join(folder, name)


def _move(home: StrPath, folder: str, pieces: tuple[str, ...]) -> None:
    for name in pieces:
        with suppress(FileNotFoundError):
            os.rename(os.path.join(home, name), os.path.join(folder, name))
            homes.sync_folder(folder)
    homes.sync_folder(home)
