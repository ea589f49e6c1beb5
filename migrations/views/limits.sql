-- How much of the plan was used, and when does it begin anew?
create view limits as
select
    a.agent,
    d.device,
    a.name as account,
    l.limit_id,
    l.span,
    l.at,
    l.at as seen_until,
    'file' as source,
    l.used_percent,
    l.window_minutes,
    l.resets_at,
    l.plan,
    null as spent_usd,
    null as most_usd
from limit_reading as l
join account as a using (account_id)
join device as d using (device_id)
union all
select
    a.agent,
    d.device,
    a.name,
    l.limit_id,
    l.span,
    l.first_at,
    l.last_at,
    l.source,
    l.used_percent,
    l.window_minutes,
    nullif(l.resets_at, ''),
    l.plan,
    l.spent_usd_micros / 1e6,
    l.most_usd_micros / 1e6
from limit_level as l
join account as a using (account_id)
join device as d using (device_id);
