-- Why were lines refused, and how many of each?
select reason, count(*) as rejects, count(distinct path) as sources, sum(length) as bytes
from rejects
group by reason
order by rejects desc, reason;
