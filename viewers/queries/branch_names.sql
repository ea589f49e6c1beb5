-- On which git branches was anything answered?
select distinct branch
from response
where branch is not null
order by branch;
