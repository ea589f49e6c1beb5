-- Which accounts are there?
select distinct name
from account
order by name;
