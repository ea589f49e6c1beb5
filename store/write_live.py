"""What running programs say: moments and levels, each once, and of a process its last word, in whatever order."""

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from store.write_sessions import Keys, keyed

if TYPE_CHECKING:
    from store.batch import Rows

INSERT_SIGNAL = """
insert or ignore into signal (
    session_key, run_key, signal_id, at, kind, name, prompt_id, tool_use_id, tool, text, duration_ms
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
UPSERT_PROCESS = """
insert into process (
    account_id, pid, born, session_id, started_at, version, kind, entrypoint, name, cwd, status, waiting_for,
    status_at, updated_at
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (account_id, pid, born) do update set
    session_id = excluded.session_id, started_at = excluded.started_at, version = excluded.version,
    kind = excluded.kind, entrypoint = excluded.entrypoint, name = excluded.name, cwd = excluded.cwd,
    status = excluded.status, waiting_for = excluded.waiting_for, status_at = excluded.status_at,
    updated_at = excluded.updated_at, ended_at = iif(excluded.updated_at > updated_at, null, ended_at)
where (excluded.updated_at, excluded.status_at, excluded.session_id, coalesce(excluded.status, ''))
    > (updated_at, status_at, session_id, coalesce(status, ''))
"""
UPSERT_PROCESS_SESSION = """
insert into process_session (process_key, session_id, first_at, last_at)
select process_key, :session_id, :at, :at from process where account_id = :account and pid = :pid and born = :born
on conflict do update set first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
"""
UPSERT_LIMIT_LEVEL = """
insert into limit_level (
    account_id, source, limit_id, span, resets_at, used_percent, window_minutes, plan, first_at, last_at,
    spent_usd_micros, most_usd_micros
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11)
on conflict do update set first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
    spent_usd_micros = iif(excluded.last_at >= last_at, excluded.spent_usd_micros, spent_usd_micros),
    most_usd_micros = iif(excluded.last_at >= last_at, excluded.most_usd_micros, most_usd_micros)
"""
UPSERT_STATUS_READING = """
insert into status_reading (
    session_key, used_tokens, window_tokens, reported_usd_micros, model, first_at, last_at
)
values (?1, ?2, ?3, ?4, ?5, ?6, ?6)
on conflict do update set
    model = coalesce(max(model, excluded.model), model, excluded.model),
    first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
"""
RUNNING = """
select p.process_key, p.pid, p.born
from process as p
join account as a using (account_id)
where p.ended_at is null and a.device_id = ?
"""


def write_live(connection: sqlite3.Connection, rows: "Rows", keys: Keys) -> None:
    """Write what a batch has of it."""
    connection.executemany(INSERT_SIGNAL, keyed(rows.signals, keys.session_of_run, keys.runs))
    connection.executemany(UPSERT_LIMIT_LEVEL, [(rows.account_id, *row) for row in rows.limit_levels])
    connection.executemany(UPSERT_STATUS_READING, keyed(rows.status_readings, keys.sessions))
    connection.executemany(UPSERT_PROCESS, [(rows.account_id, *row) for row in rows.processes])
    connection.executemany(
        UPSERT_PROCESS_SESSION,
        [
            {"account": rows.account_id, "pid": row[0], "born": row[1], "session_id": row[2], "at": row[-1]}
            for row in rows.processes
        ],
    )


def running(connection: sqlite3.Connection, device_id: int) -> list[tuple[int, int, str]]:
    """The processes of this machine of which nobody said that they ended: key, pid, born."""
    return connection.execute(RUNNING, (device_id,)).fetchall()


def end(connection: sqlite3.Connection, keys: Iterable[int], at: str) -> None:
    """Processes that are not there any more."""
    connection.executemany("update process set ended_at = ? where process_key = ?", [(at, key) for key in keys])
