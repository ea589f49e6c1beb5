-- Which workflows ran in a session, and how did they go?
create view workflows as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    w.workflow_id,
    w.tool_use_id,
    coalesce(c.name, w.name) as name,
    coalesce(c.summary, w.summary) as summary,
    coalesce(c.state, case when g.started > g.finished then 'running' else 'unknown' end) as state,
    coalesce(c.started_at, w.started_at) as started_at,
    c.duration_ms,
    coalesce(c.agents, g.started, 0) as agents,
    coalesce(g.finished, 0) as agents_finished,
    c.tool_calls,
    c.phases
from workflow as w
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join workflow_card as c on c.session_key = w.session_key and c.workflow_id = w.workflow_id
left join (
    select session_key, workflow_id, count(*) as started, sum(is_finished) as finished
    from workflow_agent
    group by session_key, workflow_id
) as g on g.session_key = w.session_key and g.workflow_id = w.workflow_id;
