-- What did people ask, and what came in a person's place?
create view prompts as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    p.prompt_id,
    nullif(p.at, '') as at,
    p.kind,
    p.text,
    p.chars,
    p.images,
    p.previous as previous_prompt_id,
    p.is_abandoned
from prompt as p
join run as r using (run_key)
join session as s on s.session_key = p.session_key
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
where p.is_copy = 0 and p.kind <> 'injected';
