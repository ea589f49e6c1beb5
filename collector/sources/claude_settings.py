"""The one setting of Claude Code that matters here: how long it leaves its transcripts. Read, never written."""

import os

from msgspec import DecodeError, Struct, ValidationError, field
from msgspec.json import Decoder

USUAL_DAYS = 30.0
NAMES = ("settings.local.json", "settings.json")
SETTINGS_CAP = 1 << 20


class Settings(Struct):
    days: float | None = field(default=None, name="cleanupPeriodDays")


_decode = Decoder(Settings).decode


def cleanup_days(root: str) -> float:
    """After how many days without a change a transcript is removed."""
    for name in NAMES:
        try:
            with open(os.path.join(root, name), "rb") as file:
                days = _decode(file.read(SETTINGS_CAP)).days
        except (OSError, DecodeError, ValidationError):
            continue
        if days is not None and days >= 0:
            return days
    return USUAL_DAYS
