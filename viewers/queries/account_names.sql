-- Which accounts are there?
-- Of tables, by keys that no view shows.
select distinct name
from account
order by name;
