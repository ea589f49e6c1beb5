-- Which workflows ran in a session, and how did they go?
create view workflows as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    w.workflow_id,
    w.tool_use_id,
    w.name,
    w.summary,
    coalesce(w.state, case when g.started > g.finished then 'running' else 'unknown' end) as state,
    w.started_at,
    w.duration_ms,
    coalesce(w.agents, g.started, 0) as agents,
    coalesce(g.finished, 0) as agents_finished,
    w.tool_calls,
    w.phases
from workflow as w
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join (
    select session_key, workflow_id, count(*) as started, sum(is_finished) as finished
    from workflow_agent
    group by session_key, workflow_id
) as g on g.session_key = w.session_key and g.workflow_id = w.workflow_id;
