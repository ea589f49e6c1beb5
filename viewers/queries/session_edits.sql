-- Which of these calls changed files, and by how many lines? calls: their ids, as JSON.
-- Of tables, by keys that no view shows.
select t.tool_use_id, t.path, t.action, t.lines_added, t.lines_removed
from json_each(:calls) as w
cross join touch as t on t.tool_use_id = w.value
where t.session_key in (select value from json_each(:sessions)) and t.action <> 'read'
order by w.id, t.path;
