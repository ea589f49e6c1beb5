"""The devices that were let in, in a file that only its owner can read: a browser stays known over a restart."""

import contextlib
import os

import msgspec

from store import home as homes
from store.errors import FleetmeterError
from viewers.web.access import Device

NAME = "web-devices.json"


def load(home: str) -> tuple[Device, ...]:
    """Those of this data folder."""
    path = os.path.join(home, NAME)
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=tuple[Device, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError as error:
        raise FleetmeterError(f"{path}: {error}", hint="delete the file; every browser is then let in anew") from error


def save(home: str, devices: tuple[Device, ...]) -> None:
    """Whole or not at all."""
    path = os.path.join(home, NAME)
    fresh = f"{path}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(fresh)
    with open(homes.create_private(fresh), "wb") as file:
        file.write(msgspec.json.encode(devices))
    os.replace(fresh, path)
