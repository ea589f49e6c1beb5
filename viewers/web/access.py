"""Who may look: codes that open once, and the browsers that were let in by one. It knows the clock it is given."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

OPENING_S, PAIRING_S = 600.0, 300.0
TRIES = 5
"""So often a pairing code may be mistyped by anybody; then it is closed."""
PER_MINUTE = 5
"""So many wrong codes an address may send in a minute."""
KEPT_S = 30 * 86_400.0
"""A browser that was not seen for so long is forgotten."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without the signs that look like others."""


class Device(NamedTuple):
    """A browser that was let in. Of its token only the hash is kept."""

    id: str
    name: str
    token_hash: str
    is_paired: bool
    """From the network: it looks on, and acts on nothing."""
    made_s: float
    seen_s: float


SCRIPT = Device("script", "a program", "", False, 0.0, 0.0)


class Book(Protocol):
    """Where the devices stand. Others may strike one out at any time."""

    def all(self) -> Mapping[str, Device]: ...

    def add(self, device: Device) -> None: ...

    def seen(self, id: str, now_s: float) -> None:
        """Note that it was here; one that was struck out stays out."""
        ...

    def strike(self, id: str) -> bool: ...


class Memory:
    """A book for the time of this process."""

    def __init__(self, devices: Mapping[str, Device] | None = None) -> None:
        self.devices = dict(devices or {})

    def all(self) -> Mapping[str, Device]:
        return self.devices

    def add(self, device: Device) -> None:
        self.devices[device.id] = device

    def seen(self, id: str, now_s: float) -> None:
        if id in self.devices:
            self.devices[id] = self.devices[id]._replace(seen_s=now_s)

    def strike(self, id: str) -> bool:
        return self.devices.pop(id, None) is not None


class Code(NamedTuple):
    """What opens once."""

    text: str
    until_s: float
    is_paired: bool
    tries: int


class Access:
    """The codes that are open now, and the devices. `used` hears of a code that opened, `revoked` of one shut out."""

    def __init__(self, clock: Callable[[], float], book: Book | None = None) -> None:
        self.clock = clock
        self.book = book or Memory()
        self.codes: list[Code] = []
        self.wrong: dict[str, list[float]] = {}
        self.script_token = ""
        self.used: Callable[[Device], None] = lambda _: None
        self.revoked: Callable[[str], None] = lambda _: None
        # The terminal makes codes while the server takes them; a code that opened makes the next one.
        self.lock = threading.RLock()

    def opening(self) -> str:
        """A code for a browser of this machine, too long to be typed or guessed."""
        return self._open(Code(secrets.token_urlsafe(24), self.clock() + OPENING_S, False, TRIES))

    def pairing(self) -> str:
        """A code for a phone, short enough to be typed; the one before it is closed."""
        text = "".join(secrets.choice(ALPHABET) for _ in range(8))
        with self.lock:
            self.codes = [code for code in self.codes if not code.is_paired]
            return self._open(Code(text, self.clock() + PAIRING_S, True, TRIES))

    def _open(self, code: Code) -> str:
        now = self.clock()
        with self.lock:
            self.codes = [*(other for other in self.codes if other.until_s > now), code]
        return code.text

    def is_slowed(self, address: str) -> bool:
        """Whether this address sent too many wrong codes within the last minute."""
        now = self.clock()
        self.wrong = {who: left for who, times in self.wrong.items() if (left := [at for at in times if now - at < 60])}
        return len(self.wrong.get(address, ())) >= PER_MINUTE

    def enter(self, text: str, name: str, address: str, *, is_near: bool) -> str | None:
        """The token for whoever brings a code that is open; a code from this machine alone opens no other's browser."""
        with self.lock:
            return self._enter(text, name, address, is_near=is_near)

    def _enter(self, text: str, name: str, address: str, *, is_near: bool) -> str | None:
        now = self.clock()
        if self.is_slowed(address):
            return None
        fits = [
            code for code in self.codes
            if code.until_s > now and (is_near or code.is_paired)
            and hmac.compare_digest(code.text.encode(), text.encode())
        ]  # fmt: skip
        if not fits:
            self.wrong.setdefault(address, []).append(now)
            counted = (code._replace(tries=code.tries - 1) if code.is_paired else code for code in self.codes)
            self.codes = [code for code in counted if code.tries > 0]
            return None
        self.codes.remove(fits[0])
        token = secrets.token_urlsafe(32)
        device = Device(secrets.token_hex(4), name[:80], _hash(token), fits[0].is_paired, now, now)
        for old in [old for old in self.book.all().values() if now - old.seen_s > KEPT_S]:
            self.book.strike(old.id)
        self.book.add(device)
        self.used(device)
        return token

    def known(self, token: str, *, is_near: bool) -> Device | None:
        """Whose token it is. One that was made for this machine is worth nothing from another."""
        now, hashed = self.clock(), _hash(token)
        found = None
        for device in self.book.all().values():  # all of them: how long it takes tells nothing
            if hmac.compare_digest(device.token_hash, hashed) and (is_near or device.is_paired):
                found = device
        if found is None or now - found.seen_s > KEPT_S:
            return None
        if now - found.seen_s > 3600:
            self.book.seen(found.id, now)
        return found

    def script(self, token: str) -> Device | None:
        """Whoever can read the data folder of this machine may read the same over HTTP."""
        if not self.script_token or not hmac.compare_digest(self.script_token.encode(), token.encode()):
            return None
        return SCRIPT

    def is_welcome(self, id: str) -> bool:
        """Whether a device that was known is known still."""
        return id == SCRIPT.id or id in self.book.all()

    def revoke(self, id: str) -> bool:
        """Shut a device out, at once."""
        if not self.book.strike(id):
            return False
        self.revoked(id)
        return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
