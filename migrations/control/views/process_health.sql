-- How was each process of an agent when it was last seen, and is it pinned?
create view process_health as
select
    w.pid,
    w.born,
    w.agent,
    w.role,
    w.account,
    w.project,
    w.session_id,
    w.state,
    w.reason,
    w.since,
    w.seen_at,
    exists (select 1 from pin as p where p.pid = w.pid and p.born = w.born) as is_pinned
from watched as w;
