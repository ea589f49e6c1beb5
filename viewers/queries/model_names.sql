-- Which models ever answered?
select model
from usage_day
union
select model
from usage_quarter_hour
order by model;
