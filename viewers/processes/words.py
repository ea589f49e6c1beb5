"""Processes in words and signs, the same wherever they are shown."""

from store.shown_process import Shown
from viewers.screen.format import NONE as NONE

UNKNOWN = "?"
SIGNS = {
    "working": "●", "waiting": "◆", "idle": "○", "stale": "▲", "stopped": "■", "zombie": "✗", "orphaned": "▲",
    "runaway": "▲",
}  # fmt: skip


def sign(one: Shown) -> str:
    """Of its state."""
    return SIGNS.get(one.state, " ")


def percent(number: float | None) -> str:
    """A part of a processor."""
    return UNKNOWN if number is None else f"{number:.0f}%"


def bytes_of(number: int | None) -> str:
    """Memory, as people read it."""
    if number is None:
        return UNKNOWN
    if number >= 1_000_000_000:
        return f"{number / 1e9:.1f} GB"
    return f"{number / 1e6:.0f} MB"
