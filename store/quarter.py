"""The quarter hour that an instant lies in: the bucket that every time zone regroups exactly."""

STARTS = {f"{minute:02d}": f"{minute // 15 * 15:02d}" for minute in range(60)}


def quarter(at: str | None) -> str:
    """The start of the quarter hour as UTC text; empty when there is no time."""
    return f"{at[:14]}{STARTS[at[14:16]]}Z" if at else ""
