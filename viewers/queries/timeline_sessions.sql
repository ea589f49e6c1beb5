-- Which sessions were there between two moments, of which project, and what is each called, or was asked first?
-- Of tables, by keys that no view shows.
select
    s.session_key,
    s.session_id,
    a.agent,
    coalesce(p.project, s.cwd) as project,
    coalesce(s.first_at, s.last_at) as first_at,
    s.last_at,
    coalesce(
        (
            select w.value
            from session_word as w
            where w.session_key = s.session_key and w.name in ('custom_title', 'agent_name', 'ai_title')
            order by w.name = 'custom_title' desc, w.name = 'agent_name' desc
            limit 1
        ),
        (
            select substr(p.text, 1, 80)
            from prompt as p
            where p.session_key = s.session_key and p.is_copy = 0 and p.kind in ('prompt', 'command')
            order by p.at
            limit 1
        )
    ) as title
from session as s
join account as a using (account_id)
left join place as p on p.device_id = a.device_id and p.cwd = s.cwd
where s.last_at >= :since and coalesce(s.first_at, s.last_at) < :until
order by s.last_at desc, s.session_key desc
limit :most;
