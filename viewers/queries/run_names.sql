-- What are the agents inside this session called?
-- Of tables, by keys that no view shows.
select r.run_id, coalesce(r.agent_type, c.agent_type, c.name, r.kind) as name
from run as r
left join run_card as c on c.session_key = r.session_key and c.run_id = r.run_id
where r.session_key = :session and r.kind <> 'main'
order by r.run_id;
