-- Which sessions does this file tell of?
-- Of tables, by keys that no view shows.
select distinct s.session_id, a.name
from source as c
join generation as g on g.source_id = c.source_id
join session_file as f on f.generation_id = g.generation_id
join session as s on s.session_key = f.session_key
join account as a on a.account_id = s.account_id
where c.raw_path = :path
order by s.session_id;
