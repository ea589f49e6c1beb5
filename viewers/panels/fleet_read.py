"""What is asked of the database for the fleet. A session is asked about again only after something happened in it."""

import sqlite3

from store import home as homes
from store.light import Any, NamedTuple
from viewers import query
from viewers.now.context import standing
from viewers.panels import plans as plan_read
from viewers.panels.moments import instant, midnight
from viewers.panels.plans import Alert, Limit, Plans
from viewers.reports.dates import utc

ACTIVE_S = 1800
"""So long after its last word a session still counts as active."""
GONE_S = 86_400
"""So long after its last word a session does not work: it is over where no program of it is known, or rests."""
LATELY_S = 300
MOST = 500
LATER = "~"
"""After every instant, as a text."""
UNPRICED_S = 30 * 86_400


class Now(NamedTuple):
    """A session as it stands."""

    key: int
    session_id: str
    agent: str
    account: str
    project: str | None
    state: str
    since: str | None
    what: str | None
    pid: int | None
    last_at: str
    entrypoint: str | None
    is_untold: int = 0
    """It counts as ended only because nobody lists the programs of its agent."""


class Card(NamedTuple):
    """What is known of a session."""

    title: str | None
    branch: str | None
    cwd: str | None
    model: str | None
    effort: str | None
    first_at: str | None
    last_at: str | None
    parent_id: str | None
    responses: int
    lower_bounds: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    output_tokens: int
    usd: float | None
    unpriced_tokens: int
    permission_mode: str | None
    last_prompt: str | None
    context_tokens: int | None
    window_tokens: int | None
    compactions: int
    lately_nanos: int | None
    lately_tokens: int | None
    agents_open: int
    auto_tokens: int | None = None
    """Where its context will be made smaller by itself."""

    @property
    def headroom_tokens(self) -> int | None:
        """Until then."""
        known = self.auto_tokens is not None and self.context_tokens is not None
        return max((self.auto_tokens or 0) - (self.context_tokens or 0), 0) if known else None

    @property
    def is_least(self) -> bool:
        return bool(self.lower_bounds or self.unpriced_tokens)


class Call(NamedTuple):
    """A tool that runs."""

    run_id: str
    name: str
    target: str | None
    started_at: str
    tool_use_id: str


class Quarter(NamedTuple):
    """What was used in a quarter of an hour."""

    at: str
    usd: float | None
    tokens: int
    lower_bounds: int
    unpriced_tokens: int


class One(NamedTuple):
    """A session of the fleet."""

    now: Now
    card: Card | None
    calls: tuple[Call, ...]


class Fleet(NamedTuple):
    """All that the screen of the fleet shows."""

    sessions: tuple[One, ...]
    limits: tuple[Limit, ...]
    today: tuple[Quarter, ...]
    unpriced: tuple[tuple[str, int], ...]
    preview: tuple[Any, ...] = ()
    """The feed of the session under the cursor."""
    is_all: bool = False
    names: tuple[tuple[str, str], ...] = ()
    """What the agents in that session are called."""
    plans: Plans = Plans()
    alerts: tuple[Alert, ...] = ()


class Memory:
    """What was read of each session, as long as nothing happened in it."""

    def __init__(self) -> None:
        self.cards: dict[int, tuple[tuple[Any, ...], float, Card | None, tuple[Call, ...]]] = {}
        self.slow: tuple[float, Any] = (0.0, None)
        self.plans = plan_read.Memory()
        self.last: tuple[tuple[float, bool, int | None] | None, Fleet] = (None, Fleet((), (), (), ()))
        """What was answered last, for whoever asks the same at the same moment."""


KEEP_S = 15.0
"""What lasts a few minutes, such as a rate, is asked again after so long though nothing happened."""
SLOW_S = 1.0
"""Sums over all sessions need not follow every line."""


def fleet(
    reader: sqlite3.Connection, memory: Memory, now_s: float, *, is_all: bool = False, most: int | None = None
) -> Fleet:
    """The sessions of the last half hour, or the newest of all."""
    asked = (now_s, is_all, most)
    if memory.last[0] != asked:
        memory.last = (asked, _fleet(reader, memory, now_s, is_all, most))
    return memory.last[1]


def _fleet(reader: sqlite3.Connection, memory: Memory, now_s: float, is_all: bool, most: int | None) -> Fleet:
    name = "fleet_all" if is_all else "fleet_now"
    rows = query.rows(
        reader, name, most=MOST if most is None else most, **({} if is_all else {"since": utc(now_s - ACTIVE_S)})
    )
    sessions = [now_of(row, now_s) for row in rows]
    found = tuple(One(one, *known(reader, memory, one, now_s)) for one in sessions)
    for gone in memory.cards.keys() - {one.key for one in sessions}:
        del memory.cards[gone]
    limits, today, unpriced, alerts = _sums(reader, memory, now_s)
    plans = plan_read.plans(reader, memory.plans, now_s)
    return Fleet(found, limits, today, unpriced, is_all=is_all, plans=plans, alerts=alerts)


def now_of(row: tuple[Any, ...], now_s: float) -> Now:
    """As it stands at this moment: of programs that nobody lists, silence is all that tells."""
    now = Now(*row)
    silent_s = now_s - (instant(now.last_at) or 0.0)
    if now.is_untold and silent_s < ACTIVE_S:
        return now._replace(state="idle")
    if silent_s > GONE_S and now.pid is None:
        return now._replace(state="ended")
    if silent_s > GONE_S and now.state == "working":
        return now._replace(state="idle")
    return now


def known(reader: sqlite3.Connection, memory: Memory, one: Now, now_s: float) -> tuple[Card | None, tuple[Call, ...]]:
    """Its card and what runs in it, from memory where they cannot have changed."""
    mark = (one.last_at, one.state, one.since)
    held = memory.cards.get(one.key)
    is_live = one.state in ("working", "waiting")
    if held is not None and held[0] == mark and (not is_live or now_s - held[1] < KEEP_S):
        return held[2], held[3]
    rows = query.rows(
        reader, "fleet_card", session=one.key, session_id=one.session_id, account=one.account, agent=one.agent,
        lately=utc(now_s - LATELY_S), today=utc(now_s - 86_400),
    )  # fmt: skip
    card = card_of(reader, one.key, rows)
    calls = tuple(Call(*row) for row in query.rows(reader, "running_calls", session=one.key, since=utc(now_s - 86_400)))
    if not is_live:
        calls = ()  # a call without an end in a session that rests was broken off
    memory.cards[one.key] = (mark, now_s, card, calls)
    return card, calls


def card_of(reader: sqlite3.Connection, key: int, rows: list[tuple[Any, ...]]) -> Card | None:
    """The card, with its context by the one definition of it."""
    if not rows:
        return None
    card, own = Card(*rows[0]), standing(reader, key, homes.locate())
    if own is None:
        return card
    now = own.now
    return card._replace(
        context_tokens=now.used_tokens, window_tokens=now.window_tokens, auto_tokens=now.auto_tokens
    )  # fmt: skip


def _sums(reader: sqlite3.Connection, memory: Memory, now_s: float) -> tuple[Any, Any, Any, Any]:
    read_s, held = memory.slow
    if held is None or not 0 <= now_s - read_s < SLOW_S:
        held = (
            plan_read.limits(reader, memory.plans, now_s),
            tuple(Quarter(*row) for row in query.rows(reader, "quarters_since", since=utc(midnight(now_s)))),
            tuple(query.rows(reader, "unpriced_since", since=utc(now_s - UNPRICED_S))),
            plan_read.alerts(reader),
        )
        memory.slow = (now_s, held)
    return held


def names(reader: sqlite3.Connection, session: int) -> tuple[tuple[str, str], ...]:
    """What the agents inside a session are called, by their ids."""
    return tuple(query.rows(reader, "run_names", session=session))


def feed(reader: sqlite3.Connection, session: int, most: int, until: str | None = None) -> tuple["Moment", ...]:
    """The last moments of a session, or the last until then, the newest first."""
    rows = query.rows(reader, "feed", session=session, most=most, until=until or LATER)
    return tuple(Moment(*row) for row in rows)


class Moment(NamedTuple):
    """One thing that happened."""

    at: str
    run_id: str
    kind: str
    what: str
    text: str | None
    size: int | None
    duration_ms: int | None
    status: Any
    ref: str
    id: str
    block: int
