"""Where a limit went: each rise of a meter, shared among what was active here meanwhile. Pure.

How a vendor counts is not known. So every rise is shared out twice, by tokens and by their value at API prices; what
rose while nothing was active here was used elsewhere.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from store.light import NamedTuple
from viewers.now.meters import LATE_S, Movement

Key = tuple[str, str, str]
"""Session, kind of run, model."""


class Answer(NamedTuple):
    """A billed answer of the account."""

    at_s: float
    session_id: str
    project: str | None
    kind: str
    model: str
    tokens: int
    usd_nanos: int | None

    @property
    def key(self) -> Key:
        return self.session_id, self.kind, self.model


class Share(NamedTuple):
    """What one kind of run of a session used with one model, and how many percent of the limit that comes to."""

    project: str | None = None
    answers: int = 0
    tokens: int = 0
    usd_nanos: int = 0
    unpriced_tokens: int = 0
    by_tokens: float = 0.0
    by_value: float = 0.0


class Went(NamedTuple):
    """Some rises of a meter. The points of all shares and those that were not seen here add up to the rise."""

    points: float
    unseen: float
    """Nothing was active here."""
    unvalued: float
    """Something without a price was active, so nobody can share it by value."""
    shares: dict[Key, Share]


def during(movement: Movement, answers: Sequence[Answer], times: Sequence[float]) -> Sequence[Answer]:
    """Of the account's answers, in the order of their times, those in a rise; a meter may be a minute behind."""
    low, high = bisect_right(times, movement.since_s), bisect_right(times, movement.until_s)
    if low == high:
        low, high = bisect_right(times, movement.since_s - LATE_S), bisect_right(times, movement.until_s + LATE_S)
    return answers[low:high]


def each(moves: Iterable[Movement], answers: Sequence[Answer]) -> list[Went]:
    """Where each of these rises went; the answers are in the order of their times."""
    times = [answer.at_s for answer in answers]
    return [_went(move.points, during(move, answers, times)) for move in moves]


def _went(points: float, active: Sequence[Answer]) -> Went:
    tokens, nanos = sum(answer.tokens for answer in active), sum(answer.usd_nanos or 0 for answer in active)
    if not tokens:
        return Went(points, points, 0.0, {})
    has_value = nanos > 0 and all(answer.usd_nanos is not None for answer in active)
    shares: dict[Key, Share] = {}
    for answer in active:
        usd, is_unpriced = answer.usd_nanos or 0, answer.usd_nanos is None
        own = Share(
            answer.project, 1, answer.tokens, usd, answer.tokens if is_unpriced else 0,
            points * answer.tokens / tokens, points * usd / nanos if has_value else 0.0,
        )  # fmt: skip
        known = shares.get(answer.key)
        shares[answer.key] = both(known, own) if known else own
    return Went(points, 0.0, 0.0 if has_value else points, shares)


def together(parts: Iterable[Went]) -> Went:
    """All of these rises as one, the largest shares first."""
    points = unseen = unvalued = 0.0
    shares: dict[Key, Share] = {}
    for part in parts:
        points, unseen, unvalued = points + part.points, unseen + part.unseen, unvalued + part.unvalued
        for key, own in part.shares.items():
            known = shares.get(key)
            shares[key] = both(known, own) if known else own
    return Went(points, unseen, unvalued, dict(sorted(shares.items(), key=lambda item: (-item[1].by_tokens, item[0]))))


def both(one: Share, other: Share) -> Share:
    return Share(
        one.project,
        one.answers + other.answers,
        one.tokens + other.tokens,
        one.usd_nanos + other.usd_nanos,
        one.unpriced_tokens + other.unpriced_tokens,
        one.by_tokens + other.by_tokens,
        one.by_value + other.by_value,
    )
