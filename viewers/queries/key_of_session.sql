-- Under which key is the session of this id found?
-- Of tables, by keys that no view shows.
select s.session_key
from session as s
where s.session_id = :id
order by s.last_at desc, s.session_key desc
limit 1;
