-- What was each answer of this session? Money is calculated; what the agent reported stands beside it.
-- Of tables, by keys that no view shows.
select
    r.at,
    r.model,
    r.input_tokens,
    r.output_tokens,
    r.cache_write_5m_tokens + r.cache_write_1h_tokens as cache_write_tokens,
    r.cache_read_tokens,
    c.usd_nanos,
    r.reported_usd_micros
from response as r
left join cost as c using (response_key)
where r.session_key = :session and r.is_copy = 0 and r.evidence <> 'progress'
order by r.at, r.response_key;
