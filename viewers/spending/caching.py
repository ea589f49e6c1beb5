"""What caches saved and cost: which writes no answer read, and which pauses outlived a cache. Only what records prove.

A thread is one model in one run: what goes on there reads what was written there. All that an answer read and wrote is
the beginning of its request, so the next answer of the thread tells how much of that was still there.

- Saved: each token read, at the difference between the full price of input and the price of reading.
- Never read: a token written whose place in the request no later answer of the thread reached while the write lived
  (5 minutes or an hour), nor did the next one, however late. Not counted: places within the first request of the thread
  (the instructions there may be read by other sessions), sessions that were forked, writes that may still be read.
- Waiting: the next answer was asked for after the cache's life had passed, and wrote again what had been cached. What
  that cost more than reading it. Not counted: a pause with a compaction, a change of model or tier, a shorter request
  after it, or no line that tells when the answer was asked for; and whatever was written again while the cache lived,
  as after a change of tools or instructions.
"""

from collections.abc import Iterable
from datetime import datetime

from store.light import Any, NamedTuple

FIVE_MINUTES_S, HOUR_S = 300.0, 3600.0


class Rates(NamedTuple):
    """Picodollars of a token."""

    input: int
    read: int
    write_5m: int
    write_1h: int
    output: int


class Answer(NamedTuple):
    """One answer, as far as caches go; in the order of its session."""

    session_key: int
    run_key: int
    model: str
    at: str | None
    ended_at: str | None
    input: int
    read: int
    write_5m: int
    write_1h: int
    tier: str
    branch: str | None
    is_link: bool
    """Whether it is one request, not a sum of several nor a call inside another."""
    price_key: int | None
    prompt_id: str | None

    @property
    def cached(self) -> int:
        """How much of its request lay in the cache afterwards."""
        return self.read + self.write_5m + self.write_1h


class Unread(NamedTuple):
    """A write, or the end of it, that nobody read."""

    answer: Answer
    tokens_5m: int
    tokens_1h: int
    ends_s: float
    """When the last of it is out of reach; before that it may still be read."""


class Pause(NamedTuple):
    """What was cached, was gone when the next answer was asked for, and was written again."""

    before: Answer
    after: Answer
    life_s: float
    tokens_5m: int
    tokens_1h: int
    """Written again, by the kind of the new write."""


class Link(NamedTuple):
    """The last answer of a thread, and what is known of it by now."""

    answer: Answer
    at_s: float
    head: int
    """How long the first request of the thread was."""
    life_s: float | None
    """Of what lies in the cache: of the last write."""
    reached: int = 0
    """The farthest place that a later answer read."""


class Followed(NamedTuple):
    """What the threads of the answers hold."""

    unread: list[Unread]
    pauses: list[Pause]
    """Candidates: when the answer after was asked for, is not known here."""


def follow(answers: Iterable[Answer]) -> Followed:
    """Each thread from answer to answer."""
    found = Followed([], [])
    threads: dict[tuple[int, str], Link] = {}
    open_writes: dict[tuple[int, str], list[Link]] = {}
    last_of_run: dict[int, str] = {}
    for answer in answers:
        if not answer.is_link:
            continue
        key = (answer.run_key, answer.model)
        before = threads.get(key)
        link = threads[key] = _linked(before, answer)
        if before is not None:
            if answer.read < before.answer.cached:
                if last_of_run[answer.run_key] == answer.model:
                    found.pauses.extend(_pause(before, link))
                # It came next, so what it read counts however late it came.
                open_writes.setdefault(key, []).append(before._replace(reached=answer.read))
            if key in open_writes:
                open_writes[key] = _reached(open_writes[key], link, found.unread)
        last_of_run[answer.run_key] = answer.model
    for key, link in threads.items():
        for waiting in (*open_writes.get(key, ()), link):
            found.unread.extend(_unread(waiting))
    return found


def _linked(before: Link | None, answer: Answer) -> Link:
    head = before.head if before else answer.cached + answer.input
    life_s = _life(answer) if answer.write_1h or answer.write_5m else before.life_s if before else None
    return Link(answer, instant(answer.at), head, life_s)


def _reached(waiting: list[Link], later: Link, unread: list[Unread]) -> list[Link]:
    """The writes that may still be read after this answer; those whose time is over are told."""
    left: list[Link] = []
    for link in waiting:
        if later.at_s > link.at_s + _life(link.answer):
            unread.extend(_unread(link))
        elif later.answer.read < link.answer.cached:
            left.append(link if link.reached >= later.answer.read else link._replace(reached=later.answer.read))
    return left


def _life(answer: Answer) -> float:
    return HOUR_S if answer.write_1h else FIVE_MINUTES_S


def _unread(link: Link) -> list[Unread]:
    """The end of a request holds its 5-minute writes, for those of an hour must stand before them."""
    answer = link.answer
    tokens = min(answer.cached - max(answer.read, link.reached, link.head), answer.write_5m + answer.write_1h)
    if tokens <= 0:
        return []
    short = min(tokens, answer.write_5m)
    return [Unread(answer, short, tokens - short, link.at_s + _life(answer))]


def _pause(before: Link, link: Link) -> list[Pause]:
    old, answer = before.answer, link.answer
    again = min(old.cached, answer.cached) - answer.read
    is_same = answer.tier == old.tier and answer.cached + answer.input >= old.cached
    if before.life_s is None or again <= 0 or not is_same or link.at_s - instant(old.ended_at) <= before.life_s:
        return []
    long = min(again, answer.write_1h)
    return [Pause(old, answer, before.life_s, again - long, long)]


def proven(pauses: list[Pause], asked: Iterable[tuple[Any, ...]]) -> list[Pause]:
    """Those whose answer was asked for when the cache was gone, by a line that says so, in the same context."""
    known = {number: (asked_at, bool(is_compacted)) for number, asked_at, is_compacted in asked}
    kept: list[Pause] = []
    for number, pause in enumerate(pauses):
        asked_at, is_compacted = known.get(number, ("", False))
        if asked_at and not is_compacted:
            if instant(asked_at) - instant(pause.before.ended_at) > pause.life_s:
                kept.append(pause)
    return kept


def saved_nanos(answer: Answer, rates: Rates) -> int:
    return (answer.read * (rates.input - rates.read) + 500) // 1000


def surcharge_nanos(answer: Answer, rates: Rates) -> int:
    """What writing cost more than sending the same tokens as plain input."""
    more = answer.write_5m * (rates.write_5m - rates.input) + answer.write_1h * (rates.write_1h - rates.input)
    return (more + 500) // 1000


def written_nanos(unread: Unread, rates: Rates) -> int:
    return (unread.tokens_5m * rates.write_5m + unread.tokens_1h * rates.write_1h + 500) // 1000


def waited_nanos(pause: Pause, rates: Rates) -> int:
    """What it cost to write again instead of reading."""
    more = pause.tokens_5m * (rates.write_5m - rates.read) + pause.tokens_1h * (rates.write_1h - rates.read)
    return (more + 500) // 1000


def instant(at: str | None) -> float:
    """Seconds since 1970 of the text that an agent wrote; of no text, the beginning of time."""
    return datetime.fromisoformat(at).timestamp() if at else 0.0
