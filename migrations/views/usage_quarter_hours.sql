-- What was used in each quarter of an hour? The sums that reports are made of; any time zone regroups them exactly.
create view usage_quarter_hours as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    u.run_kind,
    u.model,
    u.tier,
    case when u.quarter <> '' then u.quarter || ':00.000Z' end as at,
    nullif(substr(u.quarter, 1, 10), '') as day,
    u.responses,
    u.lower_bounds,
    u.input_tokens,
    u.cache_read_tokens,
    u.cache_write_5m_tokens,
    u.cache_write_1h_tokens,
    u.output_tokens,
    u.reasoning_tokens,
    u.web_searches,
    u.telemetry_tokens as telemetry_only_tokens,
    iif(u.unpriced_responses < u.parts, u.usd_nanos / 1e9, null) as usd,
    u.unpriced_responses,
    u.unpriced_tokens,
    u.reported_usd_micros / 1e6 as reported_usd,
    u.reported_responses
from usage_quarter_hour as u
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd;
