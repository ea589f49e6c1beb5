-- Which tools were called within some days, and how did each call end?
-- Of tables, by keys that no view shows.
select
    coalesce(c.name, 'unknown') as name,
    coalesce(c.outcome, 'open') as outcome,
    c.started_at,
    coalesce(
        c.duration_ms,
        cast(round((julianday(c.ended_at) - julianday(c.started_at)) * 86400000) as integer)
    ) as duration_ms,
    coalesce(c.result_bytes, 0) as result_bytes
from tool_call as c
cross join session as s using (session_key)
cross join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where c.is_copy = 0 and c.started_at >= coalesce(date(:since, '-1 day'), '')
    and c.started_at < coalesce(date(:until, '+2 days'), '~')
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:projects is null or coalesce(f.project, s.cwd) in (select value from json_each(:projects)))
    and (:sessions is null or c.session_key in (select value from json_each(:sessions)));
