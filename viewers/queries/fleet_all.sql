-- Which sessions were there, the newest first, and how does each stand?
-- Of tables, by keys that no view shows.
with chosen as (
    select s.session_key, s.session_id, s.account_id
    from session as s
    where s.last_at is not null
    order by s.last_at desc, s.session_key desc
    limit :most
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
order by f.last_at desc, c.session_key desc;
