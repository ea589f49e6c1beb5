-- Which versions of each agent wrote the files, as far as these say?
select agent, version
from sources
where version <> ''
group by agent, version
order by agent, version;
