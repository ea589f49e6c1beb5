-- How many files of each agent are in which state?
select agent, state, count(*) as files
from sources
group by agent, state
order by agent, files desc, state;
