-- Which sessions were there last?
select session_id
from session
order by last_at desc, session_key
limit 2000;
