"""Sessions and runs: rows that many lines add to, merged so that the order of seeing them does not matter."""

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from store.batch import Row, Rows

UPSERT_SESSION = """
insert into session (account_id, session_id, first_at, last_at, cwd, cwd_at, forked_from, is_rewound, parent_id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (session_id, account_id) do update set
    first_at = coalesce(min(first_at, excluded.first_at), first_at, excluded.first_at),
    last_at = coalesce(max(last_at, excluded.last_at), last_at, excluded.last_at),
    cwd = case
        when cwd is null or (excluded.cwd_at, excluded.cwd) < (cwd_at, cwd) then excluded.cwd else cwd
    end,
    cwd_at = case
        when cwd is null or (excluded.cwd_at, excluded.cwd) < (cwd_at, cwd) then excluded.cwd_at else cwd_at
    end,
    forked_from = coalesce(min(forked_from, excluded.forked_from), forked_from, excluded.forked_from),
    is_rewound = max(is_rewound, excluded.is_rewound),
    parent_id = coalesce(max(parent_id, excluded.parent_id), parent_id, excluded.parent_id)
returning session_key
"""

UPSERT_RUN = """
insert into run (session_key, run_id, kind, first_at, last_at, agent_type, tool_use_id, workflow_id, state)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (session_key, run_id) do update set
    kind = max(kind, excluded.kind),
    first_at = coalesce(min(first_at, excluded.first_at), first_at, excluded.first_at),
    last_at = coalesce(max(last_at, excluded.last_at), last_at, excluded.last_at),
    agent_type = coalesce(max(agent_type, excluded.agent_type), agent_type, excluded.agent_type),
    tool_use_id = coalesce(max(tool_use_id, excluded.tool_use_id), tool_use_id, excluded.tool_use_id),
    workflow_id = coalesce(max(workflow_id, excluded.workflow_id), workflow_id, excluded.workflow_id),
    state = coalesce(min(state, excluded.state), state, excluded.state)
returning run_key
"""

UPSERT_WORD = """
insert into session_word (session_key, name, value, at, byte_offset)
values (?, ?, ?, ?, ?)
on conflict do update set value = excluded.value, at = excluded.at, byte_offset = excluded.byte_offset
where (excluded.at, excluded.byte_offset, excluded.value) > (at, byte_offset, value)
"""

INSERT_FILE = "insert or ignore into session_file (session_key, generation_id) values (?, ?)"

UPSERT_SUMMARY = """
insert into summary (leaf_uuid, text, at)
values (?, ?, ?)
on conflict do update set text = excluded.text, at = excluded.at
where (excluded.at, excluded.text) > (at, text)
"""


class Keys(NamedTuple):
    """The keys of a batch's sessions and runs, by their place in the batch."""

    sessions: list[int]
    runs: list[int]
    session_of_run: list[int]


def write_sessions(connection: sqlite3.Connection, rows: "Rows") -> Keys:
    """Give every session and run of the batch its key, and write what is said of it."""
    account = rows.account_id
    sessions = [_session_key(connection, account, row) for row in rows.sessions]
    places: list[int] = [row[0] for row in rows.runs]
    session_of_run = [sessions[place] for place in places]
    runs: list[int] = [
        connection.execute(UPSERT_RUN, (session_key, *(_said(value) for value in row[1:]))).fetchone()[0]
        for session_key, row in zip(session_of_run, rows.runs, strict=True)
    ]
    connection.executemany(UPSERT_WORD, keyed(rows.words, sessions))
    connection.executemany(UPSERT_SUMMARY, rows.summaries)
    connection.executemany(INSERT_FILE, keyed(rows.files, sessions))
    return Keys(sessions, runs, session_of_run)


def keyed(rows: "list[Row]", *keys: list[int]) -> "list[Row]":
    """The rows with the keys of their run or session in place of its place in the batch."""
    if len(keys) == 1:
        (one,) = keys
        return [(one[row[0]], *row[1:]) for row in rows]
    one, two = keys
    return [(one[row[0]], two[row[0]], *row[1:]) for row in rows]


def _session_key(connection: sqlite3.Connection, account: int, row: "Row") -> int:
    session_id, _, *facts = row
    return connection.execute(UPSERT_SESSION, (account, session_id, *(_said(fact) for fact in facts))).fetchone()[0]


def _said(value: object) -> object:
    """What was not said is empty in a batch, and null in a table."""
    return None if value == "" else value
