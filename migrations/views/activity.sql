-- What happened, in the order of time? One feed of prompts, replies, thoughts, tools, errors and compactions.
-- Each part joins for itself, so that a question about one session reads that session only.
create view activity as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    nullif(p.at, '') as at,
    'prompt' as kind,
    p.kind as what,
    p.text,
    p.chars as size,
    null as duration_ms,
    p.prompt_id as ref,
    null as status
from prompt as p
join session as s on s.session_key = p.session_key
join run as r on r.run_key = p.run_key
join account as a on a.account_id = s.account_id
join device as d on d.device_id = a.device_id
where p.is_copy = 0 and p.kind <> 'injected'
union all
select
    a.agent,
    d.device,
    a.name,
    s.session_id,
    r.run_id,
    nullif(m.at, ''),
    'message',
    m.kind,
    m.text,
    m.chars,
    m.duration_ms,
    m.uuid,
    m.status
from message as m
join session as s on s.session_key = m.session_key
join run as r on r.run_key = m.run_key
join account as a on a.account_id = s.account_id
join device as d on d.device_id = a.device_id
where m.is_copy = 0
union all
select
    a.agent,
    d.device,
    a.name,
    s.session_id,
    r.run_id,
    c.started_at,
    'tool',
    coalesce(c.name, 'unknown'),
    c.target,
    c.result_bytes,
    c.duration_ms,
    c.tool_use_id,
    null
from tool_call as c
join session as s on s.session_key = c.session_key
join run as r on r.run_key = c.run_key
join account as a on a.account_id = s.account_id
join device as d on d.device_id = a.device_id
where c.is_copy = 0 and c.started_at is not null
union all
select
    a.agent,
    d.device,
    a.name,
    s.session_id,
    r.run_id,
    c.ended_at,
    'tool_end',
    c.outcome,
    c.name,
    c.result_bytes,
    c.duration_ms,
    c.tool_use_id,
    null
from tool_call as c
join session as s on s.session_key = c.session_key
join run as r on r.run_key = c.run_key
join account as a on a.account_id = s.account_id
join device as d on d.device_id = a.device_id
where c.is_copy = 0 and c.ended_at is not null
union all
select
    a.agent,
    d.device,
    a.name,
    s.session_id,
    r.run_id,
    k.at,
    'compaction',
    k.kind,
    k.reason,
    k.tokens_before,
    k.duration_ms,
    k.uuid,
    null
from compaction as k
join session as s on s.session_key = k.session_key
join run as r on r.run_key = k.run_key
join account as a on a.account_id = s.account_id
join device as d on d.device_id = a.device_id
where k.is_copy = 0;
