-- How full was the context of a session, and what did its program say that it cost, each time its status line was drawn?
create view status_readings as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    t.first_at as at,
    t.last_at as seen_until,
    t.model,
    t.used_tokens,
    t.window_tokens,
    t.reported_usd_micros / 1e6 as reported_usd
from status_reading as t
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id);
