-- Which sessions belong to these projects?
-- Of tables, by keys that no view shows.
select k.session_key
from session as k
join account as a using (account_id)
left join place as p on p.device_id = a.device_id and p.cwd = k.cwd
where coalesce(p.project, k.cwd) in (select value from json_each(:projects))
order by k.session_key;
