"""Prompts, messages, tool calls and the like: kept once for each session, the same whatever order they came in.

Where one fact is seen twice with different contents, its contents decide, not the order of seeing; only what a
superseded generation said gives way to what its successor says.
"""

import sqlite3

from msgspec.json import encode

from store.batch import Rows
from store.write_cards import write_cards
from store.write_sessions import Keys, keyed

GONE = "in (select generation_id from generation where is_superseded)"

# Where two files tell of one thing in the same words (a side chain inside the session's, and in one of its own), it is
# the first of them by name that decides whose it is: so it is with answers too.
FIRST_FILE = """
(
    select a.raw_path < b.raw_path
    from generation as g
    join source as a on a.source_id = g.source_id
    join generation as h on h.generation_id = {table}.generation_id
    join source as b on b.source_id = h.source_id
    where g.generation_id = excluded.generation_id
)
"""

UPSERT_PROMPT = f"""
insert into prompt (
    session_key, run_key, prompt_id, at, kind, text, chars, images, previous, is_branch, generation_id, byte_offset
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (prompt_id, session_key) do update set
    run_key = excluded.run_key, at = excluded.at, kind = excluded.kind, text = excluded.text, chars = excluded.chars,
    images = excluded.images, is_branch = excluded.is_branch, generation_id = excluded.generation_id,
    byte_offset = excluded.byte_offset,
    previous = case when generation_id {GONE} then coalesce(excluded.previous, previous) else previous end
where generation_id {GONE} or (excluded.at, excluded.kind, excluded.text) < (at, kind, text)
    or ((excluded.at, excluded.kind, excluded.text) = (at, kind, text) and {FIRST_FILE.format(table="prompt")})
"""  # noqa: S608 - a subquery, written above

UPSERT_MESSAGE = f"""
insert into message (
    session_key, run_key, uuid, block, at, kind, text, chars, message_id, status, duration_ms, is_branch,
    generation_id
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (uuid, block, session_key) do update set
    run_key = excluded.run_key, at = excluded.at, kind = excluded.kind, text = excluded.text, chars = excluded.chars,
    message_id = excluded.message_id, status = excluded.status, duration_ms = excluded.duration_ms,
    is_branch = excluded.is_branch, generation_id = excluded.generation_id
where generation_id {GONE}
    or (excluded.at, excluded.kind, coalesce(excluded.text, '')) < (at, kind, coalesce(text, ''))
    or (
        (excluded.at, excluded.kind, coalesce(excluded.text, '')) = (at, kind, coalesce(text, ''))
        and {FIRST_FILE.format(table="message")}
    )
"""  # noqa: S608 - a subquery, written above

UPSERT_TOOL_CALL = f"""
insert into tool_call (
    session_key, run_key, tool_use_id, is_branch, generation_id, message_id, name, target, started_at, ended_at,
    outcome, duration_ms, result_bytes, background_id, agent_run_id
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (tool_use_id, session_key) do update set
    run_key = case
        when (name is null) > (excluded.name is null) then excluded.run_key
        when (name is null) = (excluded.name is null) and {FIRST_FILE.format(table="tool_call")} then excluded.run_key
        else run_key
    end,
    generation_id = case
        when (name is null) > (excluded.name is null) then excluded.generation_id
        when (name is null) = (excluded.name is null) and {FIRST_FILE.format(table="tool_call")}
            then excluded.generation_id
        else generation_id
    end,
    message_id = coalesce(min(message_id, excluded.message_id), message_id, excluded.message_id),
    target = coalesce(min(target, excluded.target), target, excluded.target),
    name = coalesce(min(name, excluded.name), name, excluded.name),
    started_at = coalesce(min(started_at, excluded.started_at), started_at, excluded.started_at),
    ended_at = case
        when outcome = 'background' and excluded.outcome <> 'background' then coalesce(excluded.ended_at, ended_at)
        when outcome <> 'background' and excluded.outcome = 'background' then coalesce(ended_at, excluded.ended_at)
        else coalesce(min(ended_at, excluded.ended_at), ended_at, excluded.ended_at)
    end,
    outcome = case
        when outcome = 'background' then coalesce(excluded.outcome, outcome)
        when excluded.outcome = 'background' then coalesce(outcome, excluded.outcome)
        else coalesce(min(outcome, excluded.outcome), outcome, excluded.outcome)
    end,
    duration_ms = coalesce(max(duration_ms, excluded.duration_ms), duration_ms, excluded.duration_ms),
    result_bytes = coalesce(max(result_bytes, excluded.result_bytes), result_bytes, excluded.result_bytes),
    background_id = coalesce(min(background_id, excluded.background_id), background_id, excluded.background_id),
    agent_run_id = coalesce(min(agent_run_id, excluded.agent_run_id), agent_run_id, excluded.agent_run_id),
    is_branch = min(is_branch, excluded.is_branch)
"""  # noqa: S608 - a subquery, written above

UPSERT_TOUCH = """
insert into touch (session_key, tool_use_id, path, action, lines_added, lines_removed)
values (?, ?, ?, ?, ?, ?)
on conflict do update set
    action = max(action, excluded.action),
    lines_added = coalesce(max(lines_added, excluded.lines_added), lines_added, excluded.lines_added),
    lines_removed = coalesce(max(lines_removed, excluded.lines_removed), lines_removed, excluded.lines_removed)
"""

UPSERT_COMPACTION = f"""
insert into compaction (
    session_key, run_key, uuid, kind, at, is_branch, generation_id, reason, tokens_before, tokens_after, duration_ms,
    summary_chars
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict do update set
    at = coalesce(min(at, excluded.at), at, excluded.at),
    reason = coalesce(min(reason, excluded.reason), reason, excluded.reason),
    tokens_before = coalesce(max(tokens_before, excluded.tokens_before), tokens_before, excluded.tokens_before),
    tokens_after = coalesce(max(tokens_after, excluded.tokens_after), tokens_after, excluded.tokens_after),
    duration_ms = coalesce(max(duration_ms, excluded.duration_ms), duration_ms, excluded.duration_ms),
    summary_chars = coalesce(max(summary_chars, excluded.summary_chars), summary_chars, excluded.summary_chars),
    run_key = case when {FIRST_FILE.format(table="compaction")} then excluded.run_key else run_key end,
    generation_id = case
        when {FIRST_FILE.format(table="compaction")} then excluded.generation_id else generation_id
    end,
    is_branch = min(is_branch, excluded.is_branch)
"""  # noqa: S608 - a subquery, written above

UPSERT_TURN = """
insert into turn (
    session_key, run_key, turn_id, is_branch, generation_id, started_at, ended_at, state, duration_ms, first_token_ms
)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict do update set
    started_at = coalesce(min(started_at, excluded.started_at), started_at, excluded.started_at),
    ended_at = coalesce(min(ended_at, excluded.ended_at), ended_at, excluded.ended_at),
    state = coalesce(min(state, excluded.state), state, excluded.state),
    duration_ms = coalesce(max(duration_ms, excluded.duration_ms), duration_ms, excluded.duration_ms),
    first_token_ms = coalesce(max(first_token_ms, excluded.first_token_ms), first_token_ms, excluded.first_token_ms),
    is_branch = min(is_branch, excluded.is_branch)
"""

INSERT_LIMIT = """
insert or ignore into limit_reading (account_id, limit_id, span, at, used_percent, window_minutes, resets_at, plan)
values (?, ?, ?, ?, ?, ?, ?, ?)
"""

UPSERT_WORKFLOW = """
insert into workflow (session_key, workflow_id, tool_use_id, name, summary, started_at)
values (?, ?, ?, ?, ?, ?)
on conflict do update set
    tool_use_id = coalesce(min(tool_use_id, excluded.tool_use_id), tool_use_id, excluded.tool_use_id),
    name = coalesce(min(name, excluded.name), name, excluded.name),
    summary = coalesce(min(summary, excluded.summary), summary, excluded.summary),
    started_at = coalesce(min(started_at, excluded.started_at), started_at, excluded.started_at)
"""

UPSERT_WORKFLOW_AGENT = """
insert into workflow_agent (session_key, workflow_id, run_id, is_finished)
values (?, ?, ?, ?)
on conflict do update set is_finished = max(is_finished, excluded.is_finished)
"""

UPSERT_TASK = """
insert into task (session_key, task_id, subject, status, at, byte_offset)
values (?, ?, ?, ?, ?, ?)
on conflict do update set
    subject = case
        when (excluded.at, excluded.byte_offset) >= (at, byte_offset) then coalesce(excluded.subject, subject)
        else coalesce(subject, excluded.subject)
    end,
    status = case
        when (excluded.at, excluded.byte_offset) >= (at, byte_offset) then coalesce(excluded.status, status)
        else coalesce(status, excluded.status)
    end,
    at = max(at, excluded.at),
    byte_offset = case when excluded.at >= at then excluded.byte_offset else byte_offset end
"""

SHARED_PROMPTS = """
select first.session_key, p.session_key
from (
    select prompt_id, min(session_key) as session_key
    from prompt
    where prompt_id in (select value from json_each(?))
    group by prompt_id
    having count(*) > 1
) as first
join prompt as p on p.prompt_id = first.prompt_id and p.session_key > first.session_key
group by 1, 2
"""

TELL_PREVIOUS = """
update prompt
set previous = coalesce(min(previous, ?), ?)
where prompt_id = ? and session_key = ? and previous is not ?
"""


def write_events(connection: sqlite3.Connection, rows: Rows, keys: Keys) -> set[tuple[int, int]]:
    """Write what is no billed answer; gives pairs of sessions that link all that hold a prompt in common."""
    many, sessions, both = connection.executemany, keys.sessions, (keys.session_of_run, keys.runs)
    many(UPSERT_PROMPT, keyed(rows.prompts, *both))
    told = [(row[8], row[8], row[2], row[0], row[8]) for row in keyed(rows.prompts, *both) if row[8] is not None]
    many(TELL_PREVIOUS, told)
    many(UPSERT_MESSAGE, keyed(rows.messages, *both))
    many(UPSERT_TOOL_CALL, keyed(rows.tool_calls, *both))
    many(UPSERT_TOUCH, keyed(rows.touches, keys.session_of_run))
    many(UPSERT_COMPACTION, keyed(rows.compactions, *both))
    many(UPSERT_TURN, keyed(rows.turns, *both))
    many(INSERT_LIMIT, [(rows.account_id, *row) for row in rows.limits])
    many(UPSERT_WORKFLOW, keyed(rows.workflows, sessions))
    many(UPSERT_WORKFLOW_AGENT, keyed(rows.workflow_agents, sessions))
    many(UPSERT_TASK, keyed(rows.tasks, sessions))
    write_cards(connection, rows, sessions)
    if not rows.prompts:
        return set()
    prompt_ids = encode([row[1] for row in rows.prompts]).decode()
    return set(connection.execute(SHARED_PROMPTS, (prompt_ids,)).fetchall())
