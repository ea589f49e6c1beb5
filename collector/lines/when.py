"""Times as transcripts write them, made into one form: ISO-8601 UTC text with milliseconds."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

MINUTE = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII).fullmatch
SECONDS = frozenset(f":{second:02}." for second in range(60))
MILLISECONDS = frozenset(f"{ms:03}Z" for ms in range(1000))


def instant(stamp: str | None) -> str | None:
    """The time in UTC, or None for what is no time."""
    if stamp is None:
        return None
    if stamp[20:] in MILLISECONDS and stamp[16:20] in SECONDS and _is_minute(stamp[:16]):
        return stamp
    return _converted(stamp)


def from_unix_ms(value: float | None) -> str | None:
    """The instant of a Unix time in milliseconds."""
    if value is None:
        return None
    try:
        return _text(datetime.fromtimestamp(value / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=1024)
def _is_minute(text: str) -> bool:
    """Neighbouring lines share their minute, so most are looked up, not parsed."""
    try:
        return MINUTE(text) is not None and bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False


def _converted(stamp: str) -> str | None:
    try:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return _text(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


def seconds(at: str | None) -> float:
    """The Unix time of an instant in our form; 0 for none."""
    try:
        return datetime.fromisoformat(at).timestamp() if at else 0.0
    except (ValueError, OverflowError):
        return 0.0
