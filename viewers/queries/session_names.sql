-- Which sessions were there last?
-- Of tables, by keys that no view shows.
select session_id
from session
order by last_at desc, session_key
limit 2000;
