-- Which sessions are alive or were lately, what does each do, and since when?
-- The index on running programs and one pass over the sessions choose; the view is asked about those alone.
-- Of tables, by keys that no view shows.
with chosen as (
    select s.session_key, s.session_id, s.account_id
    from session as s
    where s.last_at >= :since
    union
    select s.session_key, s.session_id, s.account_id
    from process as p
    join session as s on s.session_id = p.session_id and s.account_id = p.account_id
    where p.ended_at is null
)
select
    c.session_key,
    f.session_id,
    f.agent,
    f.account,
    f.project,
    f.state,
    f.since,
    f.what,
    f.pid,
    f.last_at,
    f.entrypoint,
    f.state = 'ended' and coalesce(f.moment, '') <> 'session_ended'
        and not exists (select 1 from process as p where p.account_id = c.account_id) as is_untold
from chosen as c
cross join account as a on a.account_id = c.account_id
cross join fleet as f on f.session_id = c.session_id and f.account = a.name and f.agent = a.agent
order by f.last_at desc, c.session_key desc
limit :most;
