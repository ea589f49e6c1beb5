"""Money as people read it. Amounts are whole billionths of a dollar; what has no price is never a zero."""

from store.light import TYPE_CHECKING
from viewers.screen.format import LOWER_BOUND

if TYPE_CHECKING:
    from viewers.reports.usage import Used

UNPRICED = "unpriced"
NANOS = 10**9


def dollars(nanos: int) -> str:
    """$1,234.56; below a dollar with as many digits as tell it from nothing."""
    sign, nanos = ("-", -nanos) if nanos < 0 else ("", nanos)
    if nanos == 0:
        return "$0.00"
    if nanos >= NANOS - NANOS // 20_000:  # what would be written as $1.0000
        cents = (nanos + NANOS // 200) // (NANOS // 100)
        return f"{sign}${cents // 100:,}.{cents % 100:02d}"
    digits = 4 if nanos >= NANOS // 10**4 else 6
    unit = NANOS // 10**digits
    return f"{sign}$0.{max(nanos + unit // 2, unit) // unit:0{digits}d}"


def worth(used: "Used") -> str:
    """What it comes to: a sum, at least a sum, or unpriced."""
    if used.unpriced_tokens and not used.usd_nanos:
        return UNPRICED
    is_least = used.lower_bounds or used.unpriced_tokens
    return (LOWER_BOUND if is_least else "") + dollars(used.usd_nanos)


def amount(nanos: int) -> float:
    """Dollars for programs: a number, rounded to the millionth."""
    return round(nanos / NANOS, 6)
