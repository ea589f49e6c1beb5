-- Which files were changed most since then, by how many lines, and in which session last?
-- Of tables, by keys that no view shows.
select
    t.path,
    count(*) as edits,
    sum(t.lines_added) as added,
    sum(t.lines_removed) as removed,
    count(distinct t.session_key) as sessions,
    max(c.started_at) as last_at,
    c.session_key,
    'tool ' || c.tool_call_key as ref
from session as s
cross join account as a on a.account_id = s.account_id
left join place as p on p.device_id = a.device_id and p.cwd = s.cwd
cross join tool_call as c on c.session_key = s.session_key and c.started_at >= :since
cross join touch as t on t.tool_use_id = c.tool_use_id and t.session_key = c.session_key
where s.last_at >= :since and c.is_copy = 0 and c.outcome = 'ok' and t.action <> 'read'
    and (:agent is null or a.agent = :agent)
    and (:projects is null or coalesce(p.project, s.cwd) in (select value from json_each(:projects)))
group by t.path
order by edits desc, t.path
limit :most;
