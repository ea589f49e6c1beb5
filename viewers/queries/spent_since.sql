-- What was spent since :since, and since :lately?
-- Of tables, by keys that no view shows.
select
    sum(u.usd_nanos) as nanos,
    sum(iif(u.quarter >= :lately, u.usd_nanos, 0)) as lately_nanos,
    max(u.unpriced_tokens > 0 or u.lower_bounds > 0) as is_least
from usage_quarter_hour as u
where u.quarter >= :since;
