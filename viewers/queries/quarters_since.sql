-- What was used in each quarter of an hour since :since?
select
    at,
    sum(usd) as usd,
    sum(input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens) as tokens,
    sum(lower_bounds) as lower_bounds,
    sum(unpriced_tokens) as unpriced_tokens
from usage_quarter_hours
where at >= :since
group by at
order by at;
