-- Which agents have an account?
select distinct agent
from account
order by agent;
