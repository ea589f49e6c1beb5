-- Which models ever answered?
-- Of tables, by keys that no view shows.
select model
from usage_day
union
select model
from usage_quarter_hour
order by model;
