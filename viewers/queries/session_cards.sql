-- Whose are these sessions?
-- Of tables, by keys that no view shows.
select
    s.session_key,
    s.session_id,
    a.agent,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.first_at,
    s.last_at,
    coalesce(
        (select w.value from session_word as w where w.session_key = s.session_key and w.name = 'custom_title'),
        (select w.value from session_word as w where w.session_key = s.session_key and w.name = 'agent_name'),
        (select w.value from session_word as w where w.session_key = s.session_key and w.name = 'ai_title')
    ) as title
from json_each(:keys) as k
cross join session as s on s.session_key = k.value
cross join account as a using (account_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
order by s.session_key;
