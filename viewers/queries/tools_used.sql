-- How often was each tool called since then, how did that end, and how long did it take? Sessions lead, for they are
-- few, and each has its calls in the order of time.
-- Of tables, by keys that no view shows.
with calls as materialized (
    select
        coalesce(c.name, 'unknown') as name,
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
),
timed as (
    select
        name,
        duration_ms,
        row_number() over (partition by name order by duration_ms) as place,
        count(*) over (partition by name) as times
    from calls
    where duration_ms is not null and outcome <> 'rejected'
),
times as (
    select
        name,
        max(duration_ms) filter (where place = (times * 50 + 99) / 100) as p50_ms,
        max(duration_ms) filter (where place = (times * 95 + 99) / 100) as p95_ms,
        max(duration_ms) as longest_ms
    from timed
    group by name
)
select
    c.name,
    count(*) as calls,
    count(*) filter (where c.outcome = 'error') as errors,
    count(*) filter (where c.outcome = 'rejected') as denied,
    count(*) filter (where c.outcome in ('interrupted', 'open')) as stopped,
    t.p50_ms,
    t.p95_ms,
    t.longest_ms
from calls as c
left join times as t on t.name = c.name
group by c.name
order by calls desc, c.name;
