-- When were the first and the last answer of some sessions within some time?
-- :edges is a list of [since, until, sessions]. The index on the answers of a session finds them.
-- Of tables, by keys that no view shows.
select
    e.key as edge,
    min(r.at) as first_at,
    max(r.at) as last_at
from json_each(:edges) as e
cross join json_each(e.value ->> 2) as k
cross join response as r
    on r.session_key = k.value and r.at >= e.value ->> 0 and r.at < e.value ->> 1
where r.is_copy = 0 and r.evidence <> 'progress'
group by e.key
order by e.key;
