-- When was each session, and each agent inside it, at work between two moments, and when did it wait for a person?
-- A row for each short while in which something happened; a :digits of the time tells how short. A run of 0 is the main
-- thread, and all that is not of one agent. What was asked was waited for until the next thing was told.
-- Of tables, by keys that no view shows.
with chosen as materialized (
    select s.session_key
    from session as s
    where s.last_at >= :since and coalesce(s.first_at, s.last_at) < :until
    order by s.last_at desc, s.session_key desc
    limit :most
),
moments as (
    select
        r.session_key, iif(r.run_kind = 'main', 0, r.run_key) as run_key, r.at, r.at as until,
        iif(r.run_kind = 'main', 'main', 'agent') as kind
    from chosen as c
    cross join response as r on r.session_key = c.session_key and r.at >= :since and r.at < :until
    where r.is_copy = 0
    union all
    select
        t.session_key, iif(r.kind = 'main', 0, t.run_key), t.started_at, coalesce(t.ended_at, t.started_at),
        iif(r.kind = 'main', 'main', 'agent')
    from chosen as c
    cross join tool_call as t on t.session_key = c.session_key and t.started_at >= :since and t.started_at < :until
    cross join run as r on r.run_key = t.run_key
    where t.is_copy = 0
    union all
    select p.session_key, 0, p.at, p.at, 'prompt'
    from chosen as c
    cross join prompt as p on p.session_key = c.session_key and p.at >= :since and p.at < :until
    where p.is_copy = 0 and p.kind <> 'injected'
    union all
    select
        g.session_key, 0, g.at,
        coalesce(
            (
                select min(e.at)
                from signal as e
                where e.session_key = g.session_key and e.at > g.at and e.kind not in ('notice', 'text', 'run_idle')
            ),
            g.at
        ),
        'waiting'
    from chosen as c
    cross join signal as g on g.session_key = c.session_key and g.at >= :since and g.at < :until
    where g.kind in ('permission_asked', 'question_asked')
)
select session_key, run_key, substr(at, 1, :digits) as while, kind, min(at) as at, max(until) as until
from moments
group by session_key, run_key, while, kind
order by session_key, run_key, while, kind;
