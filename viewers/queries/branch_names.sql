-- On which git branches was anything answered?
-- Of tables, by keys that no view shows.
select distinct branch
from response
where branch is not null
order by branch;
