-- How long was the context of the main run at each of its answers, the newest first?
-- Of tables, by keys that no view shows.
select r.at, r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens as tokens
from response as r
where r.session_key = :session and r.run_kind = 'main' and r.part = 0 and r.is_copy = 0
    and r.evidence in ('transcript', 'event') and r.at is not null
order by r.at desc, r.response_key desc
limit :most;
