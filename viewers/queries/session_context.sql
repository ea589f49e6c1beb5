-- How long is the context of the main thread of this session by now, and what kind of cache was it written to?
-- Of tables, by keys that no view shows.
select
    r.model,
    r.tier,
    coalesce(r.ended_at, r.at) as ended_at,
    r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
        as context_tokens,
    r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens as cached_tokens,
    (
        select iif(w.cache_write_1h_tokens > 0, '1h', '5m')
        from response as w
        where w.session_key = r.session_key and w.run_key = r.run_key and w.model = r.model and w.part = 0
            and w.is_copy = 0 and w.cache_write_5m_tokens + w.cache_write_1h_tokens > 0
        order by w.at desc
        limit 1
    ) as life,
    (
        select k.tokens_after
        from compaction as k
        where k.session_key = r.session_key and k.run_key = r.run_key and k.kind = 'full' and k.at > r.at
        order by k.at desc
        limit 1
    ) as compacted_tokens,
    exists (
        select 1
        from compaction as k
        where k.session_key = r.session_key and k.run_key = r.run_key and k.kind = 'full' and k.at > r.at
    ) as is_compacted
from response as r
where r.session_key = :session and r.run_kind = 'main' and r.part = 0 and r.evidence in ('transcript', 'event')
    and r.is_copy = 0 and r.at is not null
order by r.at desc, r.response_key desc
limit 1;
