"""Billed answers: the lines of this batch merged with what is stored, once for each session that holds a copy.

A stored row is replaced, never updated: triggers take what goes out of the sums, and note what comes in, to be
counted when it is priced, at the end of the transaction.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from msgspec.json import encode

from store.batch import Row
from store.facts import Response
from store.merge import COLUMNS as COUNT
from store.merge import FIELDS, merge, parts, whole
from store.write_sessions import Keys, keyed

COLUMNS = ", ".join(FIELDS[1:COUNT])  # of the table, after session_key and run_key
INSERT = (
    f"insert into response (session_key, run_key, {COLUMNS}) "  # noqa: S608 - the names of a struct's fields
    f"values ({', '.join('?' * (COUNT + 1))})"
)
DELETE = "delete from response where message_id = ? and request_id = ? and agent = ? and session_key = ?"
KNOWN = (
    f"select session_key, run_key, {COLUMNS} from response "  # noqa: S608 - the names of a struct's fields
    "where message_id in (select value from json_each(?)) and agent = ? "
    "order by message_id, request_id, session_key, part"
)
PATH = """
select s.raw_path
from generation as g
join source as s using (source_id)
where g.generation_id = ?
"""

Key = tuple[str, str]  # message id and request id: one answer, whoever holds a copy
Stored = tuple[int, Response]  # the session that holds the copy, and the copy, whose run is a key
PathOf = Callable[[int], bytes]


def write_responses(connection: sqlite3.Connection, agent: str, rows: list[Row], keys: Keys) -> set[tuple[int, int]]:
    """Write the answers of a batch; gives pairs that link the sessions which turn out to share one."""
    if not rows:
        return set()
    known = load(connection, agent, [row[2] for row in rows])
    holders: dict[Key, set[int]] = {key: {session for session, _ in copies} for key, copies in known.items()}
    shared: set[tuple[int, int]] = set()
    fresh: list[tuple[Any, ...]] = []
    met: dict[tuple[str, str, int], list[tuple[Any, ...]]] = {}
    for row in keyed(rows, keys.session_of_run, keys.runs):
        session_key, key = row[0], (row[3], row[4])
        sessions = holders.get(key)
        if sessions is None:
            holders[key] = {session_key}
        elif session_key not in sessions:
            shared.add((min(sessions), session_key))  # those are linked with each other already
            sessions.add(session_key)
        if key in known:
            met.setdefault((*key, session_key), []).append(row[1:])
        else:
            fresh.append(row)
    connection.executemany(INSERT, fresh)
    if met:
        _merge_stored(connection, agent, known, met)
    return shared


def load(connection: sqlite3.Connection, agent: str, message_ids: Iterable[str]) -> dict[Key, list[Stored]]:
    """The stored copies of these answers."""
    found: dict[tuple[str, str, int], list[tuple[Any, ...]]] = {}
    for session_key, *row in connection.execute(KNOWN, (encode(list(message_ids)).decode(), agent)).fetchall():
        found.setdefault((row[2], row[3], session_key), []).append(tuple(row))
    copies: dict[Key, list[Stored]] = {}
    for (message_id, request_id, session_key), rows in found.items():
        copies.setdefault((message_id, request_id), []).append((session_key, whole(rows)))
    return copies


def replace(connection: sqlite3.Connection, copies: Iterable[Stored]) -> None:
    """Take the rows of these answers out and put them in anew; the sums follow."""
    copies = list(copies)
    connection.executemany(DELETE, [(r.message_id, r.request_id, r.agent, session) for session, r in copies])
    connection.executemany(INSERT, [(session, *row) for session, response in copies for row in parts(response)])


def paths(connection: sqlite3.Connection) -> PathOf:
    """The path of a generation's file, asked for only where nothing else decides between two lines, and once."""

    @cache
    def path_of(generation_id: int) -> bytes:
        row = connection.execute(PATH, (generation_id,)).fetchone()
        return row[0] if row else b""

    return path_of


def _merge_stored(
    connection: sqlite3.Connection, agent: str, known: dict[Key, list[Stored]],
    met: dict[tuple[str, str, int], list[tuple[Any, ...]]],
) -> None:  # fmt: skip
    path_of = paths(connection)
    changed: list[Stored] = []
    for (message_id, request_id, session_key), rows in met.items():
        line = whole(rows)
        for holder, copy in known[message_id, request_id]:
            if holder == session_key:
                merge(line, copy, path_of)
                line.is_copy = copy.is_copy
        changed.append((session_key, line))
    replace(connection, changed)
