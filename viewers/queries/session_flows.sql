-- Which workflows ran in this session, the newest first?
select workflow_id, name, state, started_at, duration_ms, agents, agents_finished, phases
from workflows
where session_id = :session_id and account = :account and agent = :agent
order by started_at desc, workflow_id
limit 20;
