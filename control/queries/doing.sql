-- What does this session do, where, and when was anything last told of it?
select f.state, f.what, f.last_at, f.project
from fleet as f
where f.session_id = :id and f.account = :account and f.agent = :agent;
