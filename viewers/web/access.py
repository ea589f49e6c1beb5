"""Who may look: codes that open once, and the browsers that were let in by one. It knows the clock it is given."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import NamedTuple

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


class Code(NamedTuple):
    """What opens once."""

    text: str
    until_s: float
    is_paired: bool
    tries: int


class Access:
    """The codes that are open now, and the devices. `keep` writes these down, `used` hears of a code that opened."""

    def __init__(
        self,
        clock: Callable[[], float],
        devices: tuple[Device, ...] = (),
        keep: Callable[[tuple[Device, ...]], None] = lambda _: None,
    ) -> None:
        self.clock, self.keep = clock, keep
        self.devices = {one.id: one for one in devices}
        self.codes: list[Code] = []
        self.wrong: dict[str, list[float]] = {}
        self.script_token = ""
        self.used: Callable[[Device], None] = lambda _: None
        self.revoked: Callable[[str], None] = lambda _: None

    def opening(self) -> str:
        """A code for a browser of this machine, too long to be typed or guessed."""
        return self._open(Code(secrets.token_urlsafe(24), self.clock() + OPENING_S, False, TRIES))

    def pairing(self) -> str:
        """A code for a phone, short enough to be typed; the one before it is closed."""
        self.codes = [code for code in self.codes if not code.is_paired]
        text = "".join(secrets.choice(ALPHABET) for _ in range(8))
        return self._open(Code(text, self.clock() + PAIRING_S, True, TRIES))

    def _open(self, code: Code) -> str:
        now = self.clock()
        self.codes = [*(other for other in self.codes if other.until_s > now), code]
        return code.text

    def is_slowed(self, address: str) -> bool:
        """Whether this address sent too many wrong codes within the last minute."""
        now = self.clock()
        self.wrong = {who: left for who, times in self.wrong.items() if (left := [at for at in times if now - at < 60])}
        return len(self.wrong.get(address, ())) >= PER_MINUTE

    def enter(self, text: str, name: str, address: str, *, is_near: bool) -> str | None:
        """The token for whoever brings a code that is open; a code from this machine alone opens no other's browser."""
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
        self.devices[device.id] = device
        self._keep()
        self.used(device)
        return token

    def known(self, token: str, *, is_near: bool) -> Device | None:
        """Whose token it is. One that was made for this machine is worth nothing from another."""
        now, hashed = self.clock(), _hash(token)
        found = None
        for device in self.devices.values():  # all of them: how long it takes tells nothing
            if hmac.compare_digest(device.token_hash, hashed) and (is_near or device.is_paired):
                found = device
        if found is None or now - found.seen_s > KEPT_S:
            return None
        if now - found.seen_s > 3600:
            self.devices[found.id] = found = found._replace(seen_s=now)
            self._keep()
        return found

    def script(self, token: str) -> Device | None:
        """Whoever can read the data folder of this machine may read the same over HTTP."""
        if not self.script_token or not hmac.compare_digest(self.script_token.encode(), token.encode()):
            return None
        return Device("script", "a program", "", False, 0.0, 0.0)

    def revoke(self, id: str) -> bool:
        """Shut a device out, at once."""
        if self.devices.pop(id, None) is None:
            return False
        self._keep()
        self.revoked(id)
        return True

    def _keep(self) -> None:
        now = self.clock()
        self.devices = {id: one for id, one in self.devices.items() if now - one.seen_s <= KEPT_S}
        self.keep(tuple(self.devices.values()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
