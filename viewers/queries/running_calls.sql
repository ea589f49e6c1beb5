-- Which tools run in this session now, in which run, and since when?
-- Of tables, by keys that no view shows.
select r.run_id, coalesce(c.name, 'unknown') as name, c.target, c.started_at, c.tool_use_id
from tool_call as c
join run as r on r.run_key = c.run_key
where c.session_key = :session and c.is_copy = 0 and c.ended_at is null and c.outcome is null
    and c.started_at >= :since
order by c.started_at desc, c.tool_call_key desc
limit 20;
