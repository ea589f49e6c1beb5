-- Which sessions have an id that begins like this?
select session_key, session_id
from session
where session_id >= :id and session_id < :id || '~'
order by session_id, session_key;
