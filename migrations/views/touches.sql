-- Which files were read, written or edited, by which call, with how many lines changed?
create view touches as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    t.tool_use_id,
    coalesce(c.ended_at, c.started_at) as at,
    t.path,
    t.action,
    coalesce(c.outcome, 'open') as outcome,
    t.lines_added,
    t.lines_removed
from touch as t
join tool_call as c on c.tool_use_id = t.tool_use_id and c.session_key = t.session_key
join run as r using (run_key)
join session as s on s.session_key = t.session_key
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where c.is_copy = 0;
