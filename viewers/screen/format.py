"""How numbers and times are written, on every face alike."""

LOWER_BOUND = "≥\N{NO-BREAK SPACE}"
NONE = "\N{EN DASH}"
MINUTE = len("2026-11-20 14:05")


def tokens(number: int) -> str:
    """A count of tokens, short: 980, 86.4k, 1.30M, 1.18B."""
    if number < 1_000:
        return str(number)
    if number < 999_950:
        return f"{number / 1e3:.1f}k"
    if number < 999_995_000:
        return f"{number / 1e6:.2f}M"
    return f"{number / 1e9:.2f}B"


def window(number: int) -> str:
    """The size of a context: round ones are said round, 200k, 258.4k, 1.00M."""
    return tokens(number).replace(".0k", "k")


def at_least(text: str, lower_bounds: int) -> str:
    """Marked where the end of an answer was never written, so that the sum may be higher."""
    return LOWER_BOUND + text if lower_bounds else text


def count(number: int) -> str:
    """A count of things: exact."""
    return f"{number:,}"


def things(number: int, name: str) -> str:
    """A count with its noun: 1 file, 1,204 files."""
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def size(number: int) -> str:
    """Bytes in decimal units: 812 MB, 2.4 GB."""
    if number < 1_000:
        return f"{number} B"
    if number < 999_500:
        return f"{number / 1e3:.0f} kB"
    if number < 999_500_000:
        return f"{number / 1e6:.0f} MB"
    if number < 999_950_000_000:
        return f"{number / 1e9:.1f} GB"
    return f"{number / 1e12:.1f} TB"


def percent(part: int, whole: int) -> str:
    """A share, whole; never 100% before all is there."""
    return f"{min(part * 100 // whole, 100)}%" if whole else "100%"


def seconds(number: float) -> str:
    """How long a command took: 0.02 s, 1.2 s, 2m05s."""
    if number < 0.995:
        return f"{number:.2f} s"
    if number < 59.95:
        return f"{number:.1f} s"
    minutes, rest = divmod(round(number), 60)
    return f"{minutes}m{rest:02d}s"


def lasting(number: float) -> str:
    """How long something has been so, in two units at most: 38s, 9m46s, 3h12m, 2d09h."""
    whole = max(int(number), 0)
    days, hours, minutes, rest = whole // 86_400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{days}d{hours:02d}h"
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"


def took(milliseconds: int) -> str:
    """How long a tool took: 0.2s, 14.2s, 2m41s."""
    return f"{milliseconds / 1000:.1f}s" if milliseconds < 59_950 else lasting(round(milliseconds / 1000))


def minute(at: str | None) -> str:
    """A time as the clocks here show it."""
    if not at:
        return NONE
    from datetime import datetime

    from viewers.screen.text import clean

    try:
        return datetime.fromisoformat(at).astimezone().isoformat(" ", "minutes")[:MINUTE]
    except (ValueError, OverflowError):  # an agent may write any time, also one beyond all calendars
        return clean(at)
