-- Which agents worked inside this session, whose child is each, and which of them run?
select
    r.run_id,
    r.kind,
    coalesce(r.parent_run_id, 'main') as parent_run_id,
    r.agent_type,
    coalesce(r.description, r.name) as description,
    r.workflow_id,
    r.phase,
    r.state,
    r.first_at,
    r.last_at,
    t.outcome
from runs as r
left join tool_calls as t
    on t.tool_use_id = r.tool_use_id and t.session_id = r.session_id and t.account = r.account
where r.session_id = :session_id and r.account = :account and r.agent = :agent and r.run_id <> 'main'
order by r.first_at, r.run_id
limit 500;
