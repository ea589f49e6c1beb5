"""What alerts are about, as it is recorded: of few sessions and the newest rows, for it is asked again and again."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, NamedTuple

# Sessions with answers lately, with moments lately, whose program runs, or of which an alert goes on.
LIVELY = """
select u.session_key from usage_quarter_hour as u where u.quarter >= substr(:since, 1, 13) and u.quarter < '~'
union
select g.session_key from signal as g where g.at >= :since
union
select s.session_key
from process as p
join session as s on s.session_id = p.session_id and s.account_id = p.account_id
where p.ended_at is null
union
select s.session_key
from alert as t
join session as s on s.session_id = t.session_id
where t.ended_at is null
"""
ABOUT = """
select s.session_key, a.agent, a.name, coalesce(f.project, s.cwd), s.session_id
from json_each(:sessions) as c
join session as s on s.session_key = c.value
join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
"""
WAITING = """
select s.session_key, f.since, coalesce(f.what, '')
from json_each(:sessions) as c
join session as s on s.session_key = c.value
join fleet as f on f.session_id = s.session_id
where f.state = 'waiting' and f.since is not null
"""
# As in the view `contexts`: whoever spoke last counts. That one knows more, and takes longer.
CONTEXTS = """
with told as (
    select t.session_key, t.used_tokens, t.window_tokens, t.last_at as at
    from json_each(:sessions) as c
    join status_reading as t on t.session_key = c.value
    union all
    select
        r.session_key,
        r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens,
        cast(w.value as integer),
        r.at
    from json_each(:sessions) as c
    join session_word as w on w.session_key = c.value and w.name = 'context_window'
    join response as r on r.response_key = (
        select n.response_key
        from response as n
        where n.session_key = c.value and n.run_kind = 'main' and n.part = 0 and n.is_copy = 0
            and n.evidence in ('transcript', 'event', 'total') and n.at >= :since
        order by n.at desc, n.response_key desc
        limit 1
    )
)
select t.session_key, s.account_id, t.used_tokens, t.window_tokens, max(t.at)
from told as t
join session as s using (session_key)
where t.window_tokens > 0 and t.at >= :since
    and not exists (
        select 1
        from compaction as k
        where k.session_key = t.session_key and k.kind = 'full' and k.is_copy = 0 and k.at > t.at
    )
group by t.session_key
"""
COMPACTED = """
select s.account_id, k.tokens_before
from compaction as k
join session as s using (session_key)
where k.kind = 'full' and k.reason = 'auto' and k.is_copy = 0 and k.tokens_before > 0 and k.at is not null
order by k.at desc
limit 200
"""
# Turns that have ended, as an agent's files or its hooks tell of them, and when something was asked after that.
TURNS = """
with ended as (
    select t.session_key, t.ended_at as at,
        coalesce(t.duration_ms, (julianday(t.ended_at) - julianday(t.started_at)) * 86400000) as duration_ms
    from json_each(:sessions) as c
    join turn as t on t.session_key = c.value
    join run as r on r.run_key = t.run_key
    where t.ended_at >= :since and t.is_copy = 0 and r.kind = 'main'
    union all
    select m.session_key, m.at, m.duration_ms
    from json_each(:sessions) as c
    join message as m on m.session_key = c.value
    where m.at >= :since and m.kind = 'turn_end' and m.is_copy = 0
    union all
    select g.session_key, g.at, (julianday(g.at) - julianday((
        select p.at
        from signal as p
        where p.session_key = g.session_key and p.kind = 'prompt' and p.at <= g.at
        order by p.at desc
        limit 1
    ))) * 86400000
    from json_each(:sessions) as c
    join signal as g on g.session_key = c.value and g.at = (
        select max(l.at) from signal as l where l.session_key = c.value and l.kind = 'turn_ended' and l.at >= :since
    )
    where g.kind = 'turn_ended'
)
select e.session_key, max(e.at), e.duration_ms
from ended as e
where e.duration_ms is not null
    and not exists (select 1 from prompt as p where p.session_key = e.session_key and p.at > e.at)
    and not exists (
        select 1 from signal as p where p.session_key = e.session_key and p.kind = 'prompt' and p.at > e.at
    )
group by e.session_key
"""
CALLS = """
select t.session_key, t.run_key, t.outcome, coalesce(t.name, ''), coalesce(t.target, ''),
    coalesce(t.ended_at, t.started_at)
from json_each(:sessions) as c
join tool_call as t on t.tool_call_key in (
    select n.tool_call_key
    from tool_call as n
    where n.session_key = c.value and n.started_at >= :since and n.is_copy = 0
        and n.outcome in ('ok', 'error', 'background')
    order by n.started_at desc, n.tool_call_key desc
    limit :most
)
order by t.session_key, t.run_key, t.started_at desc, t.tool_call_key desc
"""
LIMITS = """
select a.agent, a.name, l.limit_id, l.span, max(l.seen_until), l.used_percent, l.window_minutes, l.resets_at
from limits as l
join account as a on a.agent = l.agent and a.name = l.account
join device as d on d.device_id = a.device_id and d.device = l.device
where l.seen_until >= :since
group by a.account_id, l.limit_id, l.span
"""


class About(NamedTuple):
    """A session, by its names."""

    agent: str
    account: str
    project: str | None
    session_id: str


def lively(connection: sqlite3.Connection, since: str) -> list[int]:
    """The sessions that anything may be said of."""
    return [row[0] for row in connection.execute(LIVELY, {"since": since}).fetchall()]


def abouts(connection: sqlite3.Connection, sessions: Iterable[int]) -> dict[int, About]:
    """Their names."""
    return {key: About(*names) for key, *names in ask(connection, ABOUT, sessions)}


def ask(connection: sqlite3.Connection, query: str, sessions: Iterable[int] = (), **more: object) -> list[Any]:
    """The rows of one of these questions, about some sessions."""
    wanted: dict[str, object] = {"sessions": json.dumps(list(sessions)), **more}
    return connection.execute(query, {key: wanted[key] for key in wanted if f":{key}" in query}).fetchall()
