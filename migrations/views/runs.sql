-- Which agents worked inside a session: the main thread, subagents, workflow agents, teammates?
create view runs as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    r.kind,
    t.run_id as parent_run_id,
    coalesce(r.tool_use_id, w.tool_use_id) as tool_use_id,
    r.agent_type,
    coalesce(r.label, r.name) as name,
    r.description,
    r.depth,
    coalesce(r.workflow_id, wa.workflow_id) as workflow_id,
    coalesce(r.phase, wa.phase) as phase,
    coalesce(r.state, wa.state, case when wa.is_finished then 'done' end) as state,
    case when r.run_id = 'main' then s.first_at else r.first_at end as first_at,
    case when r.run_id = 'main' then s.last_at else r.last_at end as last_at
from run as r
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join workflow_agent as wa
    on wa.session_key = r.session_key and wa.workflow_id = r.workflow_id and wa.run_id = r.run_id
left join workflow as w on w.session_key = r.session_key and w.workflow_id = r.workflow_id
left join (
    select c.tool_use_id, c.session_key, o.run_id
    from tool_call as c
    join run as o using (run_key)
) as t on t.tool_use_id = coalesce(r.tool_use_id, w.tool_use_id) and t.session_key = r.session_key;
