"""Billed answers: the lines of this batch merged with what is stored, once for each session that holds a copy.

A stored row is replaced, never updated, so that the two triggers on the table keep the sums right by themselves.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.json import encode

from store.batch import Batch
from store.facts import Response, Run, Session, Tokens
from store.merge import merge
from store.quarter import quarter

COLUMNS = """
    message_id, request_id, part, session_key, run_key, run_kind, prompt_id, branch, at, ended_at, model, tier,
    input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
    web_searches, reported_usd_micros, stop_reason, evidence, is_branch, is_copy, generation_id, byte_offset,
    best_at, best_generation_id, best_byte_offset
"""
INSERT = (
    f"insert into response (agent, quarter, {COLUMNS}) "  # noqa: S608 - column names, written above
    "values (" + "?, " * 30 + "?)"
)
DELETE = """
delete from response
where message_id = ? and request_id = ? and agent = ? and session_key = ?
"""
KNOWN = f"""
select {COLUMNS}
from response
where message_id in (select value from json_each(?)) and agent = ?
order by message_id, request_id, session_key, part
"""  # noqa: S608 - column names, written above
PATH = """
select s.raw_path
from generation as g
join source as s using (source_id)
where g.generation_id = ?
"""

Row = tuple[Any, ...]  # the columns above, in their order
Key = tuple[str, str]  # message id and request id: one answer, whoever holds a copy


def write_responses(connection: sqlite3.Connection, batch: Batch) -> set[tuple[int, int]]:
    """Write the answers of a batch; gives the pairs of sessions that turn out to share one."""
    if not batch.responses:
        return set()
    known = load(connection, batch.agent, [r.message_id for r in batch.responses.values()])
    path_of = paths(connection)
    shared: set[tuple[int, int]] = set()
    holders: dict[Key, set[int]] = {}
    for key, rows in known.items():
        holders[key] = {row.run.session.key for row in rows}
    replaced: list[Response] = []
    for line in batch.responses.values():
        key, session_key = (line.message_id, line.request_id), line.run.session.key
        sessions = holders.setdefault(key, set())
        for row in known.get(key, ()):
            if row.run.session.key == session_key:
                merge(line, row, path_of)
                line.is_copy = row.is_copy
                replaced.append(row)
        shared.update((session_key, other) for other in sessions if other != session_key)
        sessions.add(session_key)
    replace(connection, batch.agent, replaced, batch.responses.values())
    return shared


def replace(connection: sqlite3.Connection, agent: str, old: Iterable[Response], new: Iterable[Response]) -> None:
    """Take rows out and put rows in; the sums follow."""
    connection.executemany(DELETE, [(r.message_id, r.request_id, agent, r.run.session.key) for r in old])
    connection.executemany(INSERT, [row for response in new for row in _rows(agent, response)])


def load(connection: sqlite3.Connection, agent: str, message_ids: Iterable[str]) -> dict[Key, list[Response]]:
    """The stored copies of these answers."""
    found: dict[Key, list[Response]] = {}
    for row in connection.execute(KNOWN, (encode(list(message_ids)).decode(), agent)).fetchall():
        copies = found.setdefault((row[0], row[1]), [])
        if row[2]:
            copies[-1].nested = (*copies[-1].nested, _tokens(row))
        else:
            copies.append(_response(row))
    return found


def paths(connection: sqlite3.Connection) -> Callable[[int], bytes]:
    """The path of a generation's file, asked for only where nothing else decides between two lines."""

    def path_of(generation_id: int) -> bytes:
        row = connection.execute(PATH, (generation_id,)).fetchone()
        return row[0] if row else b""

    return path_of


def _tokens(row: Row) -> Tokens:
    return Tokens(*row[10:19])


def _response(row: Row) -> Response:
    (message_id, request_id, _part, session_key, run_key, run_kind, prompt_id, branch, at, ended_at) = row[:10]
    (reported, stop_reason, evidence, is_branch, is_copy, generation_id, byte_offset) = row[19:26]
    run = Run(Session("", 0, key=session_key), "", run_kind, key=run_key)
    return Response(
        message_id, request_id, run, _tokens(row), at, ended_at, stop_reason, prompt_id, branch, byte_offset,
        generation_id, (), reported, evidence, bool(is_branch), row[26], row[27], row[28], bool(is_copy),
    )  # fmt: skip


def _rows(agent: str, r: Response) -> Iterable[tuple[object, ...]]:
    bucket = quarter(r.at)
    for part, t in enumerate((r.tokens, *r.nested)):
        yield (
            agent, bucket, r.message_id, r.request_id, part, r.run.session.key, r.run.key, r.run.kind, r.prompt_id,
            r.branch, r.at, r.ended_at, t.model, t.tier, t.input, t.cache_read, t.cache_write_5m, t.cache_write_1h,
            t.output, t.reasoning, t.web_searches, None if part else r.reported_usd_micros, r.stop_reason,
            r.evidence, r.is_branch, r.is_copy, r.generation_id, r.byte_offset, r.best_at, r.best_generation_id,
            r.best_byte_offset,
        )  # fmt: skip
