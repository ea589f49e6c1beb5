-- Which agents worked inside a session: the main thread, subagents, workflow agents, teammates?
create view runs as
with known as (
    select
        r.run_key,
        r.session_key,
        r.run_id,
        r.kind,
        r.first_at,
        r.last_at,
        coalesce(c.tool_use_id, r.tool_use_id, w.tool_use_id) as tool_use_id,
        coalesce(c.agent_type, r.agent_type) as agent_type,
        coalesce(p.label, c.name) as name,
        c.description,
        c.depth,
        coalesce(c.workflow_id, r.workflow_id) as workflow_id,
        p.phase,
        coalesce(p.state, r.state, case when j.is_finished then 'done' end) as state
    from run as r
    left join run_card as c on c.session_key = r.session_key and c.run_id = r.run_id
    left join workflow as w
        on w.session_key = r.session_key and w.workflow_id = coalesce(c.workflow_id, r.workflow_id)
    left join workflow_step as p
        on p.session_key = r.session_key and p.workflow_id = w.workflow_id and p.run_id = r.run_id
    left join workflow_agent as j
        on j.session_key = r.session_key and j.workflow_id = w.workflow_id and j.run_id = r.run_id
)
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    k.run_id,
    k.kind,
    o.run_id as parent_run_id,
    k.tool_use_id,
    k.agent_type,
    k.name,
    k.description,
    k.depth,
    k.workflow_id,
    k.phase,
    k.state,
    case when k.run_id = 'main' then s.first_at else k.first_at end as first_at,
    case when k.run_id = 'main' then s.last_at else k.last_at end as last_at
from known as k
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join tool_call as t on t.tool_use_id = k.tool_use_id and t.session_key = k.session_key
left join run as o on o.run_key = t.run_key;
