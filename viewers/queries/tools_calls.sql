-- Which calls since then took longest, of one tool or of all; or which failed last?
-- Of tables, by keys that no view shows.
select
    s.session_key,
    s.session_id,
    coalesce(p.project, s.cwd) as project,
    'tool ' || c.tool_call_key as ref,
    c.started_at,
    coalesce(c.name, 'unknown') as name,
    c.target,
    coalesce(c.outcome, 'open') as outcome,
    coalesce(
        c.duration_ms, cast(round((julianday(c.ended_at) - julianday(c.started_at)) * 86400000) as integer)
    ) as duration_ms
from session as s
cross join account as a on a.account_id = s.account_id
left join place as p on p.device_id = a.device_id and p.cwd = s.cwd
cross join tool_call as c on c.session_key = s.session_key and c.started_at >= :since
where s.last_at >= :since and c.is_copy = 0 and (:agent is null or a.agent = :agent)
    and (:projects is null or coalesce(p.project, s.cwd) in (select value from json_each(:projects)))
    and (:tool is null or coalesce(c.name, 'unknown') = :tool)
    and iif(:failed, c.outcome = 'error', c.outcome is not 'rejected')
order by iif(:failed, c.started_at, null) desc, duration_ms desc, c.started_at desc, c.tool_call_key desc
limit :most;
