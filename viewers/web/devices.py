"""The devices that were let in, in a file that only its owner can read: a browser stays known over a restart, and what
another process strikes out of it is shut out at once."""

import contextlib
import fcntl
import os
from collections.abc import Generator, Mapping

import msgspec

from store import home as homes
from store.errors import FleetmeterError
from viewers.web.access import Device

NAME = "web-devices.json"
Mark = tuple[int, int, int]


def load(home: str) -> dict[str, Device]:
    """Those of this data folder."""
    path = os.path.join(home, NAME)
    try:
        with open(path, "rb") as file:
            return {one.id: one for one in msgspec.json.decode(file.read(), type=tuple[Device, ...])}
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as error:
        raise FleetmeterError(f"{path}: {error}", hint="delete the file; every browser is then let in anew") from error


class DeviceFile:
    """The book of access.py. Each change reads what is there, under a lock: no two processes undo each other."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.path = os.path.join(home, NAME)
        self.mark: Mark | None = None
        self.devices: Mapping[str, Device] = {}

    def all(self) -> Mapping[str, Device]:
        mark = self._mark()
        if mark != self.mark or mark is None:
            self.devices, self.mark = load(self.home), mark
        return self.devices

    def add(self, device: Device) -> None:
        with self._changing() as devices:
            devices[device.id] = device

    def seen(self, id: str, now_s: float) -> None:
        with self._changing() as devices:
            if id in devices:
                devices[id] = devices[id]._replace(seen_s=now_s)

    def strike(self, id: str) -> bool:
        with self._changing() as devices:
            return devices.pop(id, None) is not None

    def _mark(self) -> Mark | None:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @contextlib.contextmanager
    def _changing(self) -> Generator[dict[str, Device]]:
        with open(os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            devices = load(self.home)
            before = dict(devices)
            yield devices
            if devices != before:
                self._save(devices)

    def _save(self, devices: Mapping[str, Device]) -> None:
        """Whole or not at all."""
        fresh = f"{self.path}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(fresh)
        with open(homes.create_private(fresh), "wb") as file:
            file.write(msgspec.json.encode(tuple(devices.values())))
        os.replace(fresh, self.path)
