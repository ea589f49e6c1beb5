-- Which files were changed within some days, in which sessions, by how many lines?
-- Of tables, by keys that no view shows.
select
    t.path,
    coalesce(f.project, s.cwd) as project,
    t.session_key,
    coalesce(c.ended_at, c.started_at) as at,
    t.action,
    t.lines_added,
    t.lines_removed
from touch as t
cross join tool_call as c on c.tool_use_id = t.tool_use_id and c.session_key = t.session_key
cross join session as s on s.session_key = t.session_key
cross join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where t.action <> 'read' and c.is_copy = 0 and coalesce(c.outcome, 'open') = 'ok'
    and coalesce(c.ended_at, c.started_at) >= coalesce(date(:since, '-1 day'), '')
    and coalesce(c.ended_at, c.started_at) < coalesce(date(:until, '+2 days'), '~')
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:projects is null or coalesce(f.project, s.cwd) in (select value from json_each(:projects)))
    and (:sessions is null or t.session_key in (select value from json_each(:sessions)));
