-- Which sessions went on after this moment, where, and when did each begin?
-- Of tables, by keys that no view shows.
select a.agent, a.name, s.session_id, s.cwd, s.first_at, s.last_at
from session as s
join account as a on a.account_id = s.account_id
where s.last_at >= :since
order by s.session_id;
