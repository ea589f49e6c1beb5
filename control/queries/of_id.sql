-- Is this the id of a session?
-- Of tables, by keys that no view shows.
select s.session_id, a.name
from session as s
join account as a on a.account_id = s.account_id
where s.session_id = :id and a.agent = :agent;
