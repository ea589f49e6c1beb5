-- Which of these answers come first? The most expensive; of those without a price the largest.
select response_key
from chosen
order by
    usd_nanos desc,
    input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens desc,
    response_key
limit :limit;
