"""How asking vendors for plan limits goes, as the collector that runs says: shown only where the user has it asked."""

import time

from store.ask import ask
from store.config import load
from store.home import StrPath
from store.light import Any, NamedTuple
from viewers.reports.zone import Zone

NOBODY = "Vendors are asked (`[limits] ask`), but no collector runs that could: `fleetmeter start` starts one."
HINTS = {
    "credentials missing": ("its program is not logged in",),
    "token expired": ("its program renews it when it is started, we never do",),
    "rate limited": ("it is asked again later",),
    "failed": ("it is asked again later",),
}


class Asking(NamedTuple):
    """One account. at: when its vendor was asked last."""

    agent: str
    root: str
    state: str
    at: str | None


def askings(home: StrPath) -> list[Asking] | None:
    """Each account that may be asked; None where nobody asks, though that is wished."""
    if not load(home).limits.ask:
        return []
    told = ask(home, "status")
    if told is None:
        return None
    return [Asking(own["agent"], own["root"], own["state"], own["at"]) for own in told.get("limits", [])]


def sentences(found: list[Asking] | None, zone: Zone) -> list[str]:
    """One for each; what was answered needs none."""
    if found is None:
        return [NOBODY]
    return [
        "; ".join((f"Asked for {own.root}: {own.state}{_when(own.at, zone)}", *HINTS.get(own.state, ())))
        for own in found
        if own.state != "answered"
    ]


def _when(at: str | None, zone: Zone) -> str:
    if at is None:
        return ""
    from viewers.spending.caching import instant

    at_s = instant(at)
    return time.strftime(" at %H:%M", time.gmtime(at_s + zone.offset(int(at_s))))


def document(found: list[Asking] | None) -> list[dict[str, Any]]:
    return [own._asdict() for own in found or ()]
