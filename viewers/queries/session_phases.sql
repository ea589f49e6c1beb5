-- How many agents of each phase of the workflows of this session are done, run, failed?
select
    workflow_id,
    coalesce(phase, '') as phase,
    count(*) as agents,
    sum(state in ('done', 'completed')) as done,
    sum(state in ('error', 'failed')) as failed,
    min(first_at) as first_at
from runs
where session_id = :session_id and account = :account and agent = :agent and workflow_id is not null
group by workflow_id, phase
order by workflow_id, min(first_at), phase;
