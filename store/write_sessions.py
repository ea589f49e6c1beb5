"""Sessions and runs: rows that many lines add to, merged so that the order of seeing them does not matter."""

import sqlite3

from store.batch import Batch
from store.facts import Run, Session

UPSERT_SESSION = """
insert into session (account_id, session_id, first_at, last_at, cwd, cwd_at, forked_from, is_rewound)
values (?, ?, ?, ?, ?, ?, ?, ?)
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
    is_rewound = max(is_rewound, excluded.is_rewound)
returning session_key
"""

UPSERT_RUN = """
insert into run (
    session_key, run_id, kind, first_at, last_at, agent_type, name, description, tool_use_id, depth, workflow_id,
    label, phase, state
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (session_key, run_id) do update set
    kind = max(kind, excluded.kind),
    first_at = coalesce(min(first_at, excluded.first_at), first_at, excluded.first_at),
    last_at = coalesce(max(last_at, excluded.last_at), last_at, excluded.last_at),
    agent_type = coalesce(max(agent_type, excluded.agent_type), agent_type, excluded.agent_type),
    name = coalesce(max(name, excluded.name), name, excluded.name),
    description = coalesce(max(description, excluded.description), description, excluded.description),
    tool_use_id = coalesce(max(tool_use_id, excluded.tool_use_id), tool_use_id, excluded.tool_use_id),
    depth = coalesce(max(depth, excluded.depth), depth, excluded.depth),
    workflow_id = coalesce(max(workflow_id, excluded.workflow_id), workflow_id, excluded.workflow_id),
    label = coalesce(max(label, excluded.label), label, excluded.label),
    phase = coalesce(max(phase, excluded.phase), phase, excluded.phase),
    state = coalesce(excluded.state, state)
returning run_key
"""

UPSERT_WORD = """
insert into session_word (session_key, name, value, at, byte_offset)
values (?, ?, ?, ?, ?)
on conflict do update set value = excluded.value, at = excluded.at, byte_offset = excluded.byte_offset
where (excluded.at, excluded.byte_offset, excluded.value) > (at, byte_offset, value)
"""

UPSERT_SUMMARY = """
insert into summary (leaf_uuid, text, at)
values (?, ?, ?)
on conflict do update set text = excluded.text, at = excluded.at
where (excluded.at, excluded.text) > (at, text)
"""


def write_sessions(connection: sqlite3.Connection, batch: Batch) -> None:
    """Give every session and run of the batch its key, and write what is said of it."""
    for session in batch.sessions.values():
        session.key = connection.execute(UPSERT_SESSION, _session_row(session)).fetchone()[0]
    for run in batch.runs.values():
        run.key = connection.execute(UPSERT_RUN, _run_row(run)).fetchone()[0]
    words = [(w.session.key, w.name, w.value, w.at, w.byte_offset) for w in batch.words.values()]
    connection.executemany(UPSERT_WORD, words)
    connection.executemany(UPSERT_SUMMARY, [(s.leaf_uuid, s.text, s.at) for s in batch.summaries])


def _session_row(session: Session) -> tuple[object, ...]:
    return (
        session.account_id,
        session.session_id,
        session.first_at or None,
        session.last_at or None,
        session.cwd or None,
        session.cwd_at or None,
        session.forked_from or None,
        session.is_rewound,
    )


def _run_row(run: Run) -> tuple[object, ...]:
    return (
        run.session.key,
        run.run_id,
        run.kind,
        run.first_at or None,
        run.last_at or None,
        run.agent_type,
        run.name,
        run.description,
        run.tool_use_id,
        run.depth,
        run.workflow_id,
        run.label,
        run.phase,
        run.state,
    )
