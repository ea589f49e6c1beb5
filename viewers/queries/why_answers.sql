-- Where does the figure of each of these answers come from?
-- Of tables, by keys that no view shows.
select
    u.response_key,
    r.agent,
    a.name as account,
    u.project,
    s.session_id,
    n.run_id,
    r.run_kind,
    r.message_id,
    r.request_id,
    r.part > 0 as is_nested,
    r.at,
    r.model,
    r.tier,
    r.branch,
    u.input_tokens,
    u.output_tokens,
    u.cache_write_5m_tokens,
    u.cache_write_1h_tokens,
    u.cache_read_tokens,
    u.reasoning_tokens,
    u.web_searches,
    u.usd_nanos,
    u.unpriced_responses > 0 as is_unpriced,
    r.stop_reason is null as is_lower_bound,
    r.evidence = 'telemetry' as is_telemetry_only,
    r.evidence in ('growth', 'rest') as is_remainder,
    u.is_reported,
    f.path,
    r.best_byte_offset as byte_offset,
    q.provider,
    q.matched,
    q.reason,
    q.version,
    nullif(q.starts_at, '') as since,
    q.from_time,
    nullif(q.above_tokens, -1) as above_tokens,
    q.input_picos,
    q.cache_read_picos,
    q.cache_write_5m_picos,
    q.cache_write_1h_picos,
    q.output_picos,
    q.web_search_picos
from used as u
cross join response as r using (response_key)
cross join session as s on s.session_key = r.session_key
cross join run as n on n.run_key = r.run_key
cross join account as a on a.account_id = s.account_id
left join generation as g on g.generation_id = r.best_generation_id
left join source as f using (source_id)
left join cost as c on c.response_key = r.response_key
left join price as q using (price_key)
where u.response_key in (select value from json_each(:keys))
order by
    u.usd_nanos desc,
    u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens + u.output_tokens desc,
    u.response_key;
