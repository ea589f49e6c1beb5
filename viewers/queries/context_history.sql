-- How long was the context of each answer of the main thread of this session?
-- Of tables, by keys that no view shows.
select
    r.at,
    r.model,
    r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens as used_tokens
from response as r
where r.session_key = :session and r.run_kind = 'main' and r.part = 0 and r.is_copy = 0
    and r.evidence in ('transcript', 'event', 'total') and r.at is not null
order by r.at, r.response_key;
