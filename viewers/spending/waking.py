"""What the next answer of a session would cost before it says a word: its context at today's price, warm or cold."""

import sqlite3

from store.light import NamedTuple
from viewers import query
from viewers.reports.dates import utc
from viewers.spending.caching import FIVE_MINUTES_S, HOUR_S, instant

LIVES = {"5m": FIVE_MINUTES_S, "1h": HOUR_S}


class Waking(NamedTuple):
    """The context of the main thread. Without a price there are no amounts, and without a life nobody knows whether
    the cache still holds."""

    model: str
    context_tokens: int
    is_estimate: bool
    """It was compacted since, and only the length of the summary is known."""
    warm_nanos: int | None
    cold_nanos: int | None
    life: str | None
    """5m or 1h, as the cache was last written."""
    warm_until: str | None
    is_warm: bool | None


def waking(reader: sqlite3.Connection, session: int, now_s: float) -> Waking | None:
    """None where the length of its context is not known."""
    rows = query.rows(reader, "session_context", session=session)
    if not rows:
        return None
    model, tier, ended_at, context, cached, life, compacted, is_compacted = rows[0]
    if is_compacted:
        if not compacted:
            return None
        context, cached = compacted, 0
    now = utc(now_s)
    price = query.rows(reader, "price_now", model=model, tier=tier, now=now, time=now[11:16], tokens=context)
    warm = cold = None
    if price:
        rates = {"5m": price[0][2], "1h": price[0][3], None: price[0][0]}
        cold = _nanos(context, rates[life])
        warm = _nanos(cached, price[0][1]) + _nanos(context - cached, rates[life])
    ends_s = instant(ended_at) + LIVES[life] if life else None
    return Waking(
        model,
        context,
        bool(is_compacted),
        warm,
        cold,
        life,
        utc(ends_s) if ends_s else None,
        ends_s > now_s and not is_compacted if ends_s else None,
    )


def _nanos(tokens: int, usd_per_million: float) -> int:
    return round(tokens * usd_per_million * 1000)
