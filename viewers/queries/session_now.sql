-- Of which session is this the key, and how does it stand?
-- Of tables, by keys that no view shows.
select
    s.session_key,
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
        and not exists (select 1 from process as p where p.account_id = s.account_id) as is_untold
from session as s
cross join account as a on a.account_id = s.account_id
cross join fleet as f on f.session_id = s.session_id and f.account = a.name and f.agent = a.agent
where s.session_key = :session;
