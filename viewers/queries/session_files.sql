-- Which files did this session touch, the last first, and how many lines did it change in each?
-- Of tables, by keys that no view shows.
select
    t.path,
    sum(t.action <> 'read') as edits,
    sum(t.lines_added) as added,
    sum(t.lines_removed) as removed,
    max(coalesce(c.ended_at, c.started_at, '')) as last_at,
    count(*) over () as files
from tool_call as c
cross join touch as t on t.tool_use_id = c.tool_use_id and t.session_key = c.session_key
where c.session_key = :session and coalesce(c.outcome, 'open') = 'ok'
group by t.path
order by edits > 0 desc, last_at desc, t.path
limit :most;
