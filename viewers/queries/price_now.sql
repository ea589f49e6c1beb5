-- What does this model cost now, under this tier, for a request of that size? Dollars for a million tokens.
select input_usd, cache_read_usd, cache_write_5m_usd, cache_write_1h_usd
from prices
where model = :model and tier = :tier and coalesce(since, '') <= :now and from_time <= max('00:00', :time)
    and coalesce(above_tokens, -1) < :tokens and input_usd is not null
order by since desc, from_time desc, above_tokens desc
limit 1;
