-- What do the models that were seen cost? A row for each moment, time of day and size from which a rate holds.
create view prices as
select
    p.model,
    p.tier,
    p.provider,
    p.matched,
    p.reason,
    p.version,
    p.input_picos is null as is_unpriced,
    nullif(p.starts_at, '') as since,
    p.from_time,
    nullif(p.above_tokens, -1) as above_tokens,
    p.input_picos / 1e6 as input_usd,
    p.cache_read_picos / 1e6 as cache_read_usd,
    p.cache_write_5m_picos / 1e6 as cache_write_5m_usd,
    p.cache_write_1h_picos / 1e6 as cache_write_1h_usd,
    p.output_picos / 1e6 as output_usd,
    p.web_search_picos / 1e12 as web_search_usd
from price as p;
