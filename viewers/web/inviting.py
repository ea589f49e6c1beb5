"""How browsers are let in from the terminal: one of this machine by a link, a phone by a code that its camera reads."""

import contextlib
import os
import sys
import threading
import webbrowser

from store import home as homes
from viewers.screen import qr, terminal
from viewers.screen.text import clean
from viewers.web.access import PAIRING_S, Access, Device

NETWORK = (
    "--lan: every device on your network can now reach the page that asks for a code; the code lets one in, once.",
    "  A phone that was let in sees everything that you see, all conversations too. It can change and start nothing.",
)
OPEN = "  What is sent can be read by others on the network: use it at home only, or add --tls."
SEALED = "  What is sent is sealed. No browser knows this certificate: compare its fingerprint, then accept it."


class Opener:
    """Lets the browser of this machine in: by a code that opens once, which no list of processes shows."""

    def __init__(self, home: str, url: str, place: str, access: Access, *, is_opened: bool) -> None:
        self.home, self.url, self.place, self.access = home, url, place, access
        self.is_opened = is_opened
        self.page = ""

    def start(self) -> None:
        """Open the browser, or say what to open."""
        link = self._link()
        terminal.say(f"fleetmeter is at {self.url}{self.place}", f"  open it by {link}", "  Ctrl+C ends it")
        if self.is_opened and os.access(self.home, os.W_OK):
            self.page = os.path.join(self.home, f"open-{os.getpid()}.html")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.page)
            with open(homes.create_private(self.page), "w", encoding="utf-8") as file:
                file.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={link}">')
            threading.Thread(target=webbrowser.open, args=(f"file://{self.page}",), daemon=True).start()

    def used(self, device: Device) -> None:
        """A code opens once; here is the next."""
        self.end()
        terminal.say(f"a browser was let in; for another one: {self._link()}")

    def end(self) -> None:
        if self.page:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.page)
            self.page = ""

    def _link(self) -> str:
        # After the # nothing is ever sent: no log and no other page sees the code.
        return f"{self.url}/open#{self.access.opening()}{self.place}"


class Inviter:
    """Lets phones in, one by one, for as long as somebody sits at the terminal."""

    def __init__(self, url: str, access: Access, fingerprint: str) -> None:
        self.url, self.access, self.fingerprint = url, access, fingerprint
        self.is_asked = sys.stdin.isatty()

    def start(self) -> None:
        """Say what it means, show the first code, and make another at every Enter."""
        terminal.say(*NETWORK, SEALED if self.fingerprint else OPEN)
        self.invite()
        if self.is_asked:
            threading.Thread(target=self._listen, daemon=True).start()

    def invite(self) -> None:
        """Show a new code; the one before is closed."""
        code = self.access.pairing()
        if terminal.is_terminal(sys.stderr):
            terminal.say("", *qr.lines(qr.encode(f"{self.url}/open#{code}/")), "")
        terminal.say(f"on a phone: point its camera here, or open {self.url}/open and type {code[:4]} {code[4:]}")
        terminal.say(f"  one phone, once, within {PAIRING_S / 60:.0f} minutes{self._next()}")

    def used(self, device: Device) -> None:
        """Say who was let in, and how it is shut out again."""
        terminal.say(
            f"a phone was let in: {clean(device.name)}{self._next()}",
            f"  `fleetmeter web revoke {device.id}` shuts it out, `fleetmeter web devices` lists all",
        )

    def _next(self) -> str:
        return "; Enter shows another code" if self.is_asked else ""

    def _listen(self) -> None:
        for _ in sys.stdin:
            self.invite()
