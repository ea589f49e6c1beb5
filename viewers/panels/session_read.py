"""What is asked of the database for one session, of now or of long ago."""

import sqlite3

from store.light import Any, NamedTuple
from viewers import query
from viewers.panels import plans
from viewers.panels.feed import fits
from viewers.panels.fleet_read import LATELY_S, Call, Card, Moment, Now, card_of, feed, now_of
from viewers.panels.plans import Limit
from viewers.reports.dates import utc

CONTEXTS, MOMENTS = 2_000, 400
PAGES = 50
"""So many times the moments of a screen are gone through for words."""
SLOW_S = 1.0


class Use(NamedTuple):
    """What a run used of a model for a prompt."""

    run_id: str
    kind: str
    model: str
    prompt_id: str | None
    responses: int
    lower_bounds: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    output_tokens: int
    web_searches: int
    usd_nanos: int | None
    unpriced_tokens: int

    @property
    def kinds(self) -> tuple[int, ...]:
        """The tokens of each kind."""
        written = self.cache_write_5m_tokens, self.cache_write_1h_tokens
        return self.input_tokens, self.cache_read_tokens, *written, self.output_tokens

    @property
    def tokens(self) -> int:
        return sum(self.kinds)


class Agent(NamedTuple):
    """A run inside the session."""

    run_id: str
    kind: str
    parent: str
    agent_type: str | None
    description: str | None
    workflow_id: str | None
    phase: str | None
    state: str | None
    first_at: str | None
    last_at: str | None
    outcome: str | None


class Flow(NamedTuple):
    """A workflow."""

    workflow_id: str
    name: str | None
    state: str
    started_at: str | None
    duration_ms: int | None
    agents: int
    finished: int
    phases: str | None


class Phase(NamedTuple):
    """How far a phase of a workflow is."""

    workflow_id: str
    name: str
    agents: int
    done: int
    failed: int
    first_at: str | None


class Session(NamedTuple):
    """All that the screen of a session shows."""

    now: Now
    card: Card | None
    calls: tuple[Call, ...]
    used: tuple[Use, ...]
    contexts: tuple[tuple[str, int], ...]
    """The oldest first."""
    compactions: tuple[tuple[str | None, str | None, int | None, int | None], ...]
    agents: tuple[Agent, ...]
    flows: tuple[Flow, ...]
    phases: tuple[Phase, ...]
    tasks: tuple[tuple[str, str | None, str | None], ...]
    asked: tuple[tuple[str, str | None, str, str], ...]
    tools: tuple[tuple[str, int, int, int | None], ...]
    feed: tuple[Moment, ...]
    before: int | None = None
    after: int | None = None
    limits: tuple[Limit, ...] = ()
    peak: str = ""
    """The most that its processes used, in words."""


class Memory:
    """Sums of a long session, which need not follow every line."""

    def __init__(self) -> None:
        self.key, self.read_s = 0, 0.0
        self.sums: tuple[Any, ...] = ()
        self.plans = plans.Memory()
        self.sought: tuple[int, str, str | None] = (0, "", None)
        self.matches: dict[str, Moment] = {}


def session(
    reader: sqlite3.Connection,
    key: int,
    memory: Memory,
    now_s: float,
    *,
    around: str | None = None,
    needle: str = "",
) -> Session | None:
    """None where it is not recorded any more. The feed is that around an instant, or the newest, and reaches back as
    far as it must to find the needle."""
    rows = query.rows(reader, "session_now", session=key)
    if not rows:
        return None
    now = now_of(rows[0], now_s)
    named = {"session_id": now.session_id, "account": now.account, "agent": now.agent}
    cards = query.rows(
        reader, "fleet_card", session=key, **named, lately=utc(now_s - LATELY_S), today=utc(now_s - 86_400)
    )
    calls: tuple[Call, ...] = ()
    if now.state in ("working", "waiting"):
        found = query.rows(reader, "running_calls", session=key, since=utc(now_s - 86_400))
        calls = tuple(Call(*row) for row in found)
    if memory.key != key or not 0 <= now_s - memory.read_s < SLOW_S:
        memory.sums, memory.key, memory.read_s = _sums(reader, key, named, memory, now_s), key, now_s
    used, contexts, compactions, agents, flows, phases, tasks, asked, tools, near = memory.sums
    return Session(
        now, card_of(reader, key, cards), calls, used, contexts, compactions, agents, flows, phases, tasks,
        asked, tools, _feed(reader, key, memory, _until(reader, key, around), needle), *near,
    )  # fmt: skip


def _until(reader: sqlite3.Connection, key: int, around: str | None) -> str | None:
    """When the last of those moments was that are shown after an instant."""
    if around is None:
        return None
    found = query.rows(reader, "feed_after", session=key, after=around, most=MOMENTS // 4)
    return found[-1][0] if found else around


def _feed(reader: sqlite3.Connection, key: int, memory: Memory, until: str | None, needle: str) -> tuple[Moment, ...]:
    """The newest moments; or, of all of them, those that say the words. What is older was gone through once."""
    newest = feed(reader, key, MOMENTS, until)
    if not needle or len(newest) < MOMENTS:
        return newest
    found = {moment.ref: moment for moment in newest if fits(moment, needle)}
    if memory.sought != (key, needle, until):
        memory.sought, memory.matches = (key, needle, until), _older(reader, key, newest, needle)
    memory.matches = found | {ref: moment for ref, moment in memory.matches.items() if ref not in found}
    return tuple(memory.matches.values())


def _older(reader: sqlite3.Connection, key: int, page: tuple[Moment, ...], needle: str) -> dict[str, Moment]:
    found, seen = dict[str, Moment](), {moment.ref for moment in page}
    for _ in range(PAGES):
        page = tuple(moment for moment in feed(reader, key, MOMENTS, page[-1].at) if moment.ref not in seen)
        seen.update(moment.ref for moment in page)
        found.update((moment.ref, moment) for moment in page if fits(moment, needle))
        if not page or len(found) >= MOMENTS:
            break
    return found


def _sums(reader: sqlite3.Connection, key: int, named: dict[str, str], memory: Memory, now_s: float) -> tuple[Any, ...]:
    contexts = query.rows(reader, "session_contexts", session=key, most=CONTEXTS)
    near = query.rows(reader, "session_neighbours", session=key)
    return (
        tuple(Use(*row) for row in query.rows(reader, "session_used", session=key)),
        tuple(reversed(contexts)),
        tuple(query.rows(reader, "session_compactions", **named)),
        tuple(Agent(*row) for row in query.rows(reader, "session_agents", **named)),
        tuple(Flow(*row) for row in query.rows(reader, "session_flows", **named)),
        tuple(Phase(*row) for row in query.rows(reader, "session_phases", **named)),
        tuple(query.rows(reader, "session_tasks", **named)),
        tuple(query.rows(reader, "session_asked", **named)),
        tuple(query.rows(reader, "session_tools", **named)),
        (*(near[0] if near else (None, None)), plans.limits(reader, memory.plans, now_s)),
    )


def newest(reader: sqlite3.Connection) -> int:
    """The session that somebody worked in last; 0 where there is none."""
    rows = query.rows(reader, "fleet_all", most=1)
    return rows[0][0] if rows else 0
