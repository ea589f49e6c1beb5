-- Which session is this?
-- Of tables, by keys that no view shows.
select s.session_id, a.name as account, a.agent
from session as s
join account as a using (account_id)
where s.session_key = :session;
