-- How much of the plan was used, and when does it begin anew?
create view limits as
select
    a.agent,
    d.device,
    a.name as account,
    l.limit_id,
    l.span,
    l.at,
    l.used_percent,
    l.window_minutes,
    l.resets_at,
    l.plan
from limit_reading as l
join account as a using (account_id)
join device as d using (device_id);
