-- What was billed to each account from :since to :until, by whom, with which model, and what is that worth?
-- Few sessions are that young, so they come first: cross join keeps SQLite from reading all answers.
-- Of tables, by keys that no view shows.
select
    a.agent,
    d.device,
    a.name as account,
    r.at,
    s.session_id,
    coalesce(f.project, s.cwd) as project,
    r.run_kind,
    r.model,
    r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
        as tokens,
    c.usd_nanos
from session as s
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
cross join response as r on r.session_key = s.session_key and r.at >= :since and r.at <= :until
left join cost as c using (response_key)
where s.last_at >= :since and r.is_copy = 0 and r.evidence <> 'progress'
order by r.at, r.response_key;
