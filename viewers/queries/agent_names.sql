-- Which agents have an account?
-- Of tables, by keys that no view shows.
select distinct agent
from account
order by agent;
