"""The context of a session's main run now, and how it grew: the same for every face."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise

from store.context import Context, Seen, context, usual_windows
from store.light import Any, NamedTuple
from viewers import query
from viewers.screen import format


class Standing(NamedTuple):
    """A context, what it is known from and since when, and how often it was made smaller."""

    session_id: str
    model: str | None
    source: str
    """response, status or compaction: who spoke last."""
    at: str | None
    now: Context
    peak_tokens: int
    compactions: int
    is_guess: bool
    """Nobody records compactions there: those are answers that had less than half of the context before."""
    last_compaction_at: str | None
    last_compaction_reason: str | None


class Point(NamedTuple):
    """How long the context was of one answer."""

    at: str
    model: str
    used_tokens: int


def standing(reader: sqlite3.Connection, session: int, home: str) -> Standing | None:
    """Of one session; None where nothing is recorded of its main run."""
    rows = query.rows(reader, "context_now", session=session)
    if not rows:
        return None
    session_id, source, at, compactions, last_at, reason, records_any, *seen = rows[0]
    own = Seen(*seen)
    now = context(own, configured(home), usual())
    falls = [] if records_any else fallen(history(reader, session))
    if falls:
        compactions, last_at = len(falls), falls[-1].at
    return Standing(
        session_id, own.model, source, at, now, own.peak_tokens, compactions, bool(falls), last_at, reason
    )  # fmt: skip


def history(reader: sqlite3.Connection, session: int) -> list[Point]:
    """The context of each answer of the main run, in order."""
    return [Point(*row) for row in query.rows(reader, "context_history", session=session)]


def fallen(points: list[Point]) -> list[Point]:
    """Answers with less than half of the context of the one before."""
    return [
        after
        for before, after in pairwise(points)
        if after.used_tokens * 2 < before.used_tokens and after.model == before.model
    ]


@cache
def usual() -> dict[str, int]:
    """The sizes that models usually have."""
    return usual_windows()


def configured(home: str) -> dict[str, int]:
    """The sizes that the user gives; most machines have no such file."""
    if not os.path.exists(os.path.join(home, "config.toml")):
        return {}
    from store.config import load

    return load(home).context.windows


def sentence(own: Standing) -> str:
    """How full it is, and how far it is to the next compaction."""
    now = own.now
    if now.used_tokens is None:
        return "made smaller since its last answer; how long it is now, no record tells"
    used = format.tokens(now.used_tokens)
    if now.window_tokens is None:
        return f"{used} tokens of a window that nobody tells: `[context.windows]` may"
    words = f"{used} of {format.window(now.window_tokens)} tokens ({now.percent:.0f}%)"
    about = "" if now.is_auto_seen else "about "
    return f"{words}, {about}{format.tokens(now.headroom_tokens or 0)} before it is compacted"


def past(own: Standing, local: Callable[[str], str]) -> str:
    """How long it ever was, and how often it was made smaller."""
    words = f"at most {format.tokens(own.peak_tokens)}"
    if not own.compactions:
        return words
    times = format.things(own.compactions, "likely compaction" if own.is_guess else "compaction")
    at = f", the last at {local(own.last_compaction_at)}" if own.last_compaction_at else ""
    return f"{words}; {times}{at}" + (f" ({own.last_compaction_reason})" if own.last_compaction_reason else "")


def document_of(own: Standing, points: Iterable[Point] = ()) -> dict[str, Any]:
    """For programs."""
    now = own.now
    return {
        "model": own.model,
        "source": own.source,
        "timestamp": own.at,
        "usedTokens": now.used_tokens,
        "windowTokens": now.window_tokens,
        "windowFrom": now.window_from,
        "percent": None if now.percent is None else round(now.percent, 2),
        "leftTokens": now.left_tokens,
        "autoCompactTokens": now.auto_tokens,
        "isAutoCompactSeen": now.is_auto_seen,
        "headroomTokens": now.headroom_tokens,
        "peakTokens": own.peak_tokens,
        "compactions": own.compactions,
        "isGuess": own.is_guess,
        "lastCompaction": own.last_compaction_at,
        "lastCompactionReason": own.last_compaction_reason,
        "history": [{"timestamp": point.at, "model": point.model, "usedTokens": point.used_tokens} for point in points],
    }
