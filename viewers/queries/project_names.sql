-- Which projects were ever worked on?
-- Of tables, by keys that no view shows.
select distinct coalesce(f.project, s.cwd) as project
from session as s
join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where coalesce(f.project, s.cwd) is not null
order by project;
