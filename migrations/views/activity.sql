-- What happened, in the order of time? One feed of prompts, replies, thoughts, tools, errors and compactions.
create view activity as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    e.at,
    e.kind,
    e.what,
    e.text,
    e.size,
    e.duration_ms,
    e.ref
from (
    select session_key, run_key, at, 'prompt' as kind, kind as what, text, chars as size, null as duration_ms,
        prompt_id as ref
    from prompt
    where is_copy = 0
    union all
    select session_key, run_key, at, 'message', kind, text, chars, duration_ms, uuid
    from message
    where is_copy = 0
    union all
    select session_key, run_key, started_at, 'tool', name, target, result_bytes, duration_ms, tool_use_id
    from tool_call
    where is_copy = 0 and started_at is not null
    union all
    select session_key, run_key, ended_at, 'tool_end', outcome, name, result_bytes, duration_ms, tool_use_id
    from tool_call
    where is_copy = 0 and ended_at is not null
    union all
    select session_key, run_key, at, 'compaction', kind, reason, tokens_before, duration_ms, uuid
    from compaction
    where is_copy = 0
) as e
join session as s using (session_key)
join run as r using (run_key)
join account as a on a.account_id = s.account_id
join device as d using (device_id);
