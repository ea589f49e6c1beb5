-- What does each model cost, since when, at which time of day and above which size of request?
select
    version,
    model,
    tier,
    provider,
    matched,
    reason,
    coalesce(since, '') as since,
    from_time,
    coalesce(above_tokens, -1) as above_tokens,
    input_usd,
    cache_read_usd,
    cache_write_5m_usd,
    cache_write_1h_usd,
    output_usd,
    web_search_usd
from prices
order by model, tier, since, from_time, above_tokens;
