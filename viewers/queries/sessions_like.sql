-- Which sessions have an id that begins like this?
-- Of tables, by keys that no view shows.
select session_key, session_id
from session
where session_id >= :id and session_id < :id || '~'
order by session_id, session_key;
