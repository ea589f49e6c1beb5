-- What did each answer cost, and by which price? Without a price there is no amount.
create view costs as
select
    x.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    x.message_id,
    x.request_id,
    x.at,
    substr(x.at, 1, 10) as day,
    x.model,
    x.tier,
    c.usd_nanos / 1e9 as usd,
    c.usd_nanos is null as is_unpriced,
    x.stop_reason is null as is_lower_bound,
    x.part > 0 as is_nested,
    x.reported_usd_micros / 1e6 as reported_usd,
    q.provider,
    q.matched,
    q.reason,
    q.version,
    nullif(q.starts_at, '') as price_since,
    nullif(q.above_tokens, -1) as price_above_tokens
from response as x
join session as s using (session_key)
join run as r using (run_key)
join account as a on a.account_id = s.account_id
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
left join cost as c using (response_key)
left join price as q using (price_key)
where x.is_copy = 0 and x.evidence <> 'progress';
