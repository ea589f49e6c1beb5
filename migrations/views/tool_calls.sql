-- Which tools were called, on what, how did each end and how long did it take?
create view tool_calls as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    c.tool_use_id,
    c.message_id,
    coalesce(c.name, 'unknown') as name,
    c.target,
    c.started_at,
    c.ended_at,
    coalesce(c.outcome, 'open') as outcome,
    coalesce(
        c.duration_ms,
        cast(round((julianday(c.ended_at) - julianday(c.started_at)) * 86400000) as integer)
    ) as duration_ms,
    c.result_bytes,
    c.background_id,
    c.agent_run_id
from tool_call as c
join run as r using (run_key)
join session as s on s.session_key = c.session_key
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where c.is_copy = 0;
