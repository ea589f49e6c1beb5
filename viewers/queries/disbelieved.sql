-- What did agents report that nobody can believe, and what do those tokens come to at their prices?
-- Local dates are up to a day off those of UTC.
-- Of tables, by keys that no view shows.
select
    a.agent,
    sum(u.reported_responses) as responses,
    min(sum(u.reported_usd_micros), 9000000000000000) as usd_micros,
    sum(u.usd_nanos) as usd_nanos
from usage_quarter_hour as u
cross join session as s using (session_key)
cross join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where u.is_absurd
    and u.quarter >= coalesce(date(:since, '-1 day'), '') and u.quarter < coalesce(date(:until, '+2 days'), '~')
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:models is null or u.model in (select value from json_each(:models)))
    and (:projects is null or coalesce(f.project, s.cwd) in (select value from json_each(:projects)))
    and (:sessions is null or u.session_key in (select value from json_each(:sessions)))
group by a.agent
order by a.agent;
