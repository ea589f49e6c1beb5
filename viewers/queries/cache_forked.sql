-- Which sessions were forked? What they wrote, a fork may have read.
-- Of tables, by keys that no view shows.
select distinct s.session_key
from session as f
cross join session as s on s.session_id = coalesce(f.forked_from, f.copied_from)
where coalesce(f.forked_from, f.copied_from) is not null and s.session_key <> f.session_key
order by s.session_key;
