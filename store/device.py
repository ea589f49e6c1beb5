"""The stable id of this machine: made once, never derived from hardware, kept beside the database."""

import os
import re

from store import home as homes
from store import lock
from store.errors import FleetmeterError
from store.home import StrPath

NAME = "device"
SHAPE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def device_id(home: StrPath, recorded: str | None = None) -> str:
    """The id of this machine; the first call makes it. A lost file is made again of what the database recorded."""
    path = os.path.join(home, NAME)
    if not os.path.lexists(path):
        with lock.hold(home, "naming this device", name=lock.CREATOR, wait_s=30):
            if not os.path.lexists(path):
                _make(home, path, recorded)
    return _read(path)


def _make(home: StrPath, path: str, recorded: str | None) -> None:
    import uuid

    new = path + ".new"
    if os.path.lexists(new):  # left by a crash; we hold the lock
        os.unlink(new)
    descriptor = homes.create_private(new)
    try:
        os.write(descriptor, f"{recorded or uuid.uuid4()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(new, path)
    homes.sync_folder(home)


def _read(path: str) -> str:
    with open(path, "rb") as file:
        text = file.read(100).decode("utf-8", "replace").strip()
    if not SHAPE.fullmatch(text):
        raise FleetmeterError(
            f"{path} does not hold the id of this device",
            hint="restore the file from a backup; without it this machine would count as a new device",
        )
    return text
