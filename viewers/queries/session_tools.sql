-- Which tools were called in this session, how often, and how did it end?
select
    name,
    count(*) as calls,
    sum(outcome in ('error', 'rejected', 'interrupted')) as failed,
    sum(duration_ms) as duration_ms
from tool_calls
where session_id = :session_id and account = :account and agent = :agent
group by name
order by calls desc, name;
