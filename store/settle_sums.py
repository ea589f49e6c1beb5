"""Answers that are known only by the sums told beside them: one gives way where a better word of it is stored.

Some agents once told no answers but the sum of a thread so far, again and again, and in every copy of it. What is read
from such a line is named by that sum. Within a family (a thread, what was forked from it, and other copies of it):
an answer of an unnamed turn is the same as any other with that sum; and in a turn whose answers are recorded one by
one, the sums count for nothing.
"""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.json import encode

from store.batch import Rows
from store.merge import NEVER, REMAINDERS
from store.write_responses import Stored, load, replace

UNNAMED = ("total", "rest")  # evidence of turns without a name
IS_SUM = "evidence <> 'transcript' and evidence <> 'progress' and evidence <> 'telemetry'"  # as the index has it
ANY = f"select 1 from response where {IS_SUM} limit 1"  # noqa: S608 - a condition, written above
FAMILY = """
with recursive family(session_key, session_id, forked_from) as (
    select session_key, session_id, forked_from from session where session_key = ?
    union
    select s.session_key, s.session_id, s.forked_from from family as f join session as s on s.session_id = f.session_id
    union
    select s.session_key, s.session_id, s.forked_from from family as f join session as s on s.session_id = f.forked_from
    union
    select s.session_key, s.session_id, s.forked_from from family as f join session as s on s.forked_from = f.session_id
    union
    select s.session_key, s.session_id, s.forked_from
    from family as f
    join overlap as o on o.session_key = f.session_key
    join session as s on s.session_key = o.other_key
)
select session_key from family
"""
# Whether each sum of a family was told once, and counts: so it is with most.
PLAIN = f"""
select count(*) = count(distinct substr(message_id, 1, instr(message_id, ' '))) and coalesce(max(is_copy), 0) = 0
from response
where {IS_SUM} and session_key in (select value from json_each(?))
"""  # noqa: S608 - the same
ARE_RECORDED = """
select 1
from response
where session_key in (select value from json_each(?)) and evidence = 'transcript'
limit 1
"""
OF_SUMS = f"""
select x.message_id, x.request_id, x.session_key, x.evidence, x.at, x.is_branch, x.is_copy, s.first_at, s.session_id,
    x.input_tokens + x.cache_read_tokens + x.output_tokens
from response as x
join session as s using (session_key)
where {IS_SUM} and x.session_key in (select value from json_each(?))
"""  # noqa: S608 - the same
RECORDED = """
select distinct prompt_id
from response
where session_key in (select value from json_each(:family)) and evidence = 'transcript'
    and prompt_id in (select value from json_each(:turns))
"""


class Told(NamedTuple):
    """An answer as it was read from a sum."""

    message_id: str
    request_id: str
    session_key: int
    evidence: str
    at: str | None
    is_branch: int
    is_copy: int
    first_at: str | None
    session_id: str
    tokens: int


def settle_sums(connection: sqlite3.Connection, rows: Rows, keys: Iterable[int]) -> None:
    """Settle the families that this batch touched, if they hold such answers at all."""
    if connection.execute(ANY).fetchone() is None:
        return
    waiting = set(keys)
    while waiting:
        family = {row[0] for row in connection.execute(FAMILY, (waiting.pop(),)).fetchall()}
        waiting -= family
        _settle(connection, rows.agent, encode(sorted(family)).decode())


def _settle(connection: sqlite3.Connection, agent: str, family: str) -> None:
    if connection.execute(PLAIN, (family,)).fetchone()[0]:
        if connection.execute(ARE_RECORDED, (family,)).fetchone() is None:
            return
    told = [Told(*row) for row in connection.execute(OF_SUMS, (family,)).fetchall()]
    turns = encode(sorted({one.request_id for one in told})).decode()
    recorded = {row[0] for row in connection.execute(RECORDED, {"family": family, "turns": turns}).fetchall()}
    groups: dict[str, list[Told]] = {}
    for one in told:
        groups.setdefault(one.message_id.partition(" ")[0], []).append(one)  # it begins with the sum
    counted = {one[:3] for group in groups.values() for one in _counted(group, recorded)}
    changed = {one[:3]: one[:3] not in counted for one in told if bool(one.is_copy) is (one[:3] in counted)}
    if not changed:
        return
    settled: list[Stored] = []
    for (message_id, request_id), copies in load(connection, agent, {key[0] for key in changed}).items():
        for session_key, copy in copies:
            is_copy = changed.get((message_id, request_id, session_key))
            if is_copy is not None:
                copy.is_copy = is_copy
                settled.append((session_key, copy))
    replace(connection, settled)


def _counted(group: list[Told], recorded: set[str]) -> list[Told]:
    """Of all that tell one sum, those that count.

    A line that tells its answer is sure: one counts for each turn, or, where only unnamed turns tell it, one for all.
    Where none is sure, what is left of the sum is told: of several the smallest is nearest, for where it is larger an
    answer between is missing, and is counted by itself.
    """
    if len(group) == 1:
        return group if group[0].request_id not in recorded else []
    turns: dict[tuple[str, str], Told] = {}
    unnamed: dict[str, Told] = {}
    left: list[Told] = []
    for one in sorted(group, key=_seniority):
        if one.evidence in REMAINDERS:
            left.append(one)
        elif one.evidence in UNNAMED:
            unnamed.setdefault(one.message_id, one)
        else:
            turns.setdefault((one.message_id, one.request_id), one)
    # The same line in two turns of one thread: a migration dropped the first, and the other had only told it again.
    threads: dict[tuple[str, str], Told] = {}
    for one in turns.values():
        threads.setdefault((one.message_id, one.session_id), one)
    named = {one.message_id for one in turns.values()}
    sure = [*threads.values(), *(one for message_id, one in unnamed.items() if message_id not in named)]
    if not sure and left:
        sure = [min(left, key=lambda one: (one.tokens, one.evidence in UNNAMED, _seniority(one)))]
    return [one for one in sure if one.request_id not in recorded]


def _seniority(one: Told) -> tuple[str, int, str, str]:
    return one.at or NEVER, one.is_branch, one.first_at or NEVER, one.session_id
