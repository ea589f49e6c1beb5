-- Which processes do agents themselves say are theirs, and in which session?
select agent, account, session_id, pid, born, started_at, kind
from processes
where ended_at is null
order by updated_at, session_id;
