-- Which calls of a model failed within some days, or were tried again?
-- Of tables, by keys that no view shows.
select
    m.kind,
    m.status,
    m.at
from message as m
cross join session as s using (session_key)
cross join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where m.kind in ('error', 'retry') and m.is_copy = 0 and m.at >= coalesce(date(:since, '-1 day'), '')
    and m.at < coalesce(date(:until, '+2 days'), '~')
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:projects is null or coalesce(f.project, s.cwd) in (select value from json_each(:projects)))
    and (:sessions is null or m.session_key in (select value from json_each(:sessions)));
