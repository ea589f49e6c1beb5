-- What did each prompt set off, how long did it take, and what still runs?
create view turns as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    t.turn_id,
    t.started_at,
    t.ended_at,
    coalesce(t.state, iif(t.ended_at is null, 'open', 'completed')) as state,
    t.duration_ms,
    t.first_token_ms
from turn as t
join run as r using (run_key)
join session as s on s.session_key = t.session_key
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where t.is_copy = 0;
