-- What do the kinds of input cost at each price, in millionths of a millionth of a dollar?
-- Of tables, by keys that no view shows.
select price_key, input_picos, cache_read_picos, cache_write_5m_picos, cache_write_1h_picos, output_picos
from price
where input_picos is not null
order by price_key;
