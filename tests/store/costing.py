"""A database with one session, answers put into it as the writer does, and what they cost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from store.costs import price
from store.database import open_writer, transaction
from store.price_config import Override
from store.price_standing import refresh

INSERT = """
insert into response (
    message_id, request_id, agent, part, session_key, run_key, run_kind, at, model, tier, input_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, web_searches,
    reported_usd_micros, stop_reason, evidence, is_branch, is_copy, generation_id, byte_offset, best_at,
    best_generation_id, best_byte_offset
)
values (?, '', 'agent', 0, 1, 1, 'main', ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 'end', ?, 0, ?, 1, 0, '', 1, 0)
"""
SUMS = """
select sum(usd_nanos), sum(unpriced_responses), sum(unpriced_tokens) from usage_quarter_hour
"""
COSTS = """
select coalesce(sum(c.usd_nanos), 0), count(*) filter (where c.usd_nanos is null), coalesce(sum(
    r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
) filter (where c.usd_nanos is null), 0)
from cost as c
join response as r using (response_key)
"""
NOON = "2026-11-20T12:00:00.000Z"


class Answer(NamedTuple):
    """What was billed, and when."""

    model: str
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    web_searches: int = 0
    at: str | None = NOON
    tier: str = "standard"
    reported_usd_micros: int | None = None
    evidence: str = "transcript"
    is_copy: int = 0


@contextmanager
def database(home: Path, config: dict[str, Override] | None = None) -> Iterator[sqlite3.Connection]:
    """A database with one session and its main run, as the collector begins with it."""
    with closing(open_writer(home)) as connection:
        with transaction(connection):
            connection.execute("insert or ignore into device values (1, 'd', 'd')")
            connection.execute("insert or ignore into account values (1, 1, 'agent', '/root', 'root')")
            connection.execute("insert or ignore into session (session_key, account_id, session_id) values (1, 1, 's')")
            connection.execute("insert or ignore into run (run_key, session_key, run_id, kind) values (1, 1, 'm', 'm')")
            refresh(connection, config or {})
        yield connection


def put(connection: sqlite3.Connection, *answers: Answer) -> None:
    """Write answers and price them, in one transaction."""
    (number,) = connection.execute("select count(*) from response").fetchone()
    with transaction(connection):
        for place, a in enumerate(answers, number):
            row: tuple[Any, ...] = (f"m{place:06d}", a.at, a.model, a.tier, *a[1:7], *a[9:])
            connection.execute(INSERT, row)
        price(connection)


def nanos(connection: sqlite3.Connection) -> list[int | None]:
    """What each cost, in the order they were put; the sums agree."""
    assert connection.execute(SUMS).fetchone() == connection.execute(COSTS).fetchone()
    query = "select c.usd_nanos from response as r join cost as c using (response_key) order by r.message_id"
    return [row[0] for row in connection.execute(query).fetchall()]


def cost_of(home: Path, *answers: Answer, config: dict[str, Override] | None = None) -> list[int | None]:
    """What these cost, in billionths of a dollar."""
    with database(home, config) as connection:
        put(connection, *answers)
        return nanos(connection)
