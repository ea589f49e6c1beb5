"""The devices that were let in, in a file that only its owner can read: a browser stays known over a restart, and what
another process strikes out of it is shut out at once."""

from collections.abc import Mapping

from viewers.web.access import Device
from viewers.web.own_file import OwnFile

NAME = "web-devices.json"


class DeviceFile:
    """The book of access.py."""

    def __init__(self, home: str) -> None:
        self.file = OwnFile(home, NAME, Device, "delete the file; every browser is then let in anew")
        self.path = self.file.path

    def all(self) -> Mapping[str, Device]:
        return self.file.all()

    def add(self, device: Device) -> None:
        with self.file.changing() as devices:
            devices[device.id] = device

    def seen(self, id: str, now_s: float) -> None:
        with self.file.changing() as devices:
            if id in devices:
                devices[id] = devices[id]._replace(seen_s=now_s)

    def strike(self, id: str) -> bool:
        with self.file.changing() as devices:
            return devices.pop(id, None) is not None
