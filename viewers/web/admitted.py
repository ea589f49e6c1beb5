"""`fleetmeter web devices` and `fleetmeter web revoke ID`: who was let in, and shutting somebody out, at once."""

import os
import time

from store import home as homes
from viewers.screen import format, terminal
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble
from viewers.web.access import KEPT_S, Device
from viewers.web.devices import DeviceFile

AGENTS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
          ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Macintosh", "a Mac"),
           ("Windows", "Windows"), ("Linux", "Linux"))  # fmt: skip


def named(agent: str) -> str:
    """What a person would call the browser that says this of itself."""
    browser = next((name for mark, name in AGENTS if mark in agent), None)
    system = next((name for mark, name in SYSTEMS if mark in agent), None)
    return f"{browser} on {system}" if browser and system else clean(agent)[:40]


def run(act: str, id: str | None) -> int:
    """List them, or shut one out."""
    book = DeviceFile(homes.locate())
    if act == "devices" and id is None:
        terminal.show(*listed([one for one in book.all().values() if time.time() - one.seen_s <= KEPT_S], time.time()))
    elif act == "revoke" and id is not None:
        _revoke(book, id)
    else:
        raise UsageTrouble(
            f"`fleetmeter web {act}` is not a command",
            hint="`fleetmeter web devices` lists who was let in, `fleetmeter web revoke ID` shuts one out",
        )
    return 0


def listed(devices: list[Device], now_s: float) -> list[str]:
    """A line each, the last seen first."""
    return [
        f"{one.id}  {'network' if one.is_paired else 'this machine':12}  "
        f"seen {format.lasting(now_s - one.seen_s):>6} ago  {clean(one.name)}"
        for one in sorted(devices, key=lambda one: (-one.seen_s, one.id))
    ] or ["no browser was let in"]


def _revoke(book: DeviceFile, id: str) -> None:
    known = book.all()
    found = known.get(id)
    if found is None or not os.path.exists(book.path) or not book.strike(id):
        raise UsageTrouble(f"no browser has the id {id}", hint="`fleetmeter web devices` lists them")
    terminal.say(f"{clean(found.name)} is shut out")
