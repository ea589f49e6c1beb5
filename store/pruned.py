"""What was deleted at the user's word is kept out of what is written, though a file tells of it again: one that was
rewritten, came back, or lies beside it. What happened later stays. SQL only."""

import sqlite3

from msgspec import Struct
from msgspec.structs import replace

from store.batch import Row, Rows
from store.facts import Compaction, Message, Prompt, Response, Run, Session, Task, ToolCall, Turn, Word, Workflow
from store.live_facts import Signal, StatusReading
from store.only import only
from store.telemetry_facts import ApiCall, MetricPoint

DELETED = "select session_id, until from pruned_session where account_id = ? and until is not null"
IS_THERE = "select 1 from session where account_id = ? and session_id = ?"
OF_RUNS = {
    "responses": Response, "prompts": Prompt, "messages": Message, "tool_calls": ToolCall, "compactions": Compaction,
    "turns": Turn, "signals": Signal,
}  # fmt: skip
OF_SESSIONS = {
    "status_readings": StatusReading, "api_calls": ApiCall, "metric_points": MetricPoint, "workflows": Workflow,
    "tasks": Task, "words": Word,
}  # fmt: skip
TIMES = ("at", "started_at", "ended_at")
FIRST, LAST = Session.__struct_fields__.index("first_at"), Session.__struct_fields__.index("last_at")
RUN_FIRST, RUN_LAST = (Run.__struct_fields__.index(name) - 1 for name in ("first_at", "last_at"))


def without_deleted(connection: sqlite3.Connection, rows: Rows) -> Rows:
    """The rows of what was not deleted; the same where nothing of it was."""
    deleted: dict[str, str] = dict(connection.execute(DELETED, (rows.account_id,)).fetchall())
    until = {session[0]: deleted[session[0]] for session in rows.sessions if session[0] in deleted}
    if not until:
        return rows

    def is_new(session: Row) -> bool:
        if not session[LAST]:  # what tells of no time goes with the session: with one that went on, or with none
            return connection.execute(IS_THERE, (rows.account_id, session[0])).fetchone() is not None
        return session[LAST] > until[session[0]]

    gone = {session[0] for session in rows.sessions if session[0] in until and not is_new(session)}
    rows = only(rows, lambda id_: id_ not in gone)
    ends = {place: until[session[0]] for place, session in enumerate(rows.sessions) if session[0] in until}
    return _later(rows, ends) if ends else rows


def _later(rows: Rows, ends: dict[int, str]) -> Rows:
    """Of these sessions only what happened after."""
    of_runs = {place: ends[run[0]] for place, run in enumerate(rows.runs) if run[0] in ends}
    kept = {name: _after(getattr(rows, name), kind, of_runs) for name, kind in OF_RUNS.items()}
    kept |= {name: _after(getattr(rows, name), kind, ends) for name, kind in OF_SESSIONS.items()}
    calls = {row[:2] for row in kept["tool_calls"]}
    told = {row[0] for name in OF_RUNS for row in kept[name]}
    runs = {
        place
        for place, run in enumerate(rows.runs)
        if place in told or place not in of_runs or run[RUN_LAST] > of_runs[place]
    }
    changed = replace(
        rows, **kept,
        touches=[row for row in rows.touches if row[0] not in of_runs or row[:2] in calls],
        sessions=[_begun(row, FIRST, LAST, ends.get(place)) for place, row in enumerate(rows.sessions)],
        runs=[_begun(row, RUN_FIRST, RUN_LAST, ends.get(row[0])) for row in rows.runs],
    )  # fmt: skip
    return only(changed, lambda _: True, runs)


def _after(rows: list[Row], kind: type[Struct], ends: dict[int, str]) -> list[Row]:
    places = [place for place, name in enumerate(kind.__struct_fields__) if name in TIMES]

    def when(row: Row) -> str:
        return max((row[place] or "" for place in places), default="")

    return [row for row in rows if row[0] not in ends or when(row) > ends[row[0]]]


def _begun(row: Row, first: int, last: int, end: str | None) -> Row:
    """A session, or a run, that was deleted begins with what came after."""
    if end is None or not row[first] or row[first] > end:
        return row
    return (*row[:first], row[last], *row[first + 1 :])
