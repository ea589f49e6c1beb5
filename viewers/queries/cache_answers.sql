-- Which tokens did each answer read from a cache and write to it, thread after thread? In the order of each session.
-- Whole sessions, where any part lies in the range: what a thread did before says what was cached.
-- Of tables, by keys that no view shows.
with chosen as materialized (
    select distinct u.session_key
    from usage_quarter_hour as u
    cross join session as s using (session_key)
    cross join account as a using (account_id)
    left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
    where u.quarter >= coalesce(date(:since, '-1 day'), '') and u.quarter < coalesce(date(:until, '+2 days'), '~')
        and (:accounts is null or a.name in (select value from json_each(:accounts)))
        and (:agents is null or a.agent in (select value from json_each(:agents)))
        and (:projects is null or coalesce(f.project, s.cwd) in (select value from json_each(:projects)))
        and (:sessions is null or u.session_key in (select value from json_each(:sessions)))
)
select
    r.session_key,
    r.run_key,
    r.model,
    r.at,
    coalesce(r.ended_at, r.at) as ended_at,
    r.input_tokens,
    r.cache_read_tokens,
    r.cache_write_5m_tokens,
    r.cache_write_1h_tokens,
    r.tier,
    r.branch,
    r.part = 0 and r.evidence = 'transcript' and r.at is not null as is_link,
    c.price_key,
    r.prompt_id
from chosen as n
cross join response as r using (session_key)
left join cost as c using (response_key)
where r.is_copy = 0 and r.evidence <> 'progress'
order by r.session_key, r.at, r.response_key;
