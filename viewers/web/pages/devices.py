"""The browsers that were let in: which, from where, since when; each can be shut out, and a phone can be let in."""

from collections.abc import Mapping
from typing import Any

from viewers.web.access import KEPT_S, PAIRING_S
from viewers.web.page import Asked, Page


def read(asked: Asked) -> Mapping[str, Any]:
    """Those that are not forgotten, the last seen first."""
    access, own = asked.means.access, asked.means.device
    now_s = access.clock() if access is not None else asked.now_s
    known = access.book.all().values() if access is not None else ()
    found = [one for one in known if now_s - one.seen_s <= KEPT_S]
    return {
        "devices": sorted(found, key=lambda one: (-one.seen_s, one.id)), "own": own.id if own is not None else "",
        "clock_s": now_s, "network": asked.means.network,
        "minutes": round(PAIRING_S / 60), "days": round(KEPT_S / 86_400),
    }  # fmt: skip


PAGE = Page("devices", "Devices", "/devices", read, ("list",), icon="devices", is_live=False, is_near=True)
