-- What is on the agents' todo lists? The last word of each session, and of each subagent that keeps one.
create view tasks as
select a.agent, d.device, a.name as account, s.session_id, t.task_id, t.subject, t.status, nullif(t.at, '') as at
from task as t
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
union all
select
    a.agent,
    d.device,
    a.name,
    s.session_id,
    'todo-' || iif(w.name = 'todos', '', substr(w.name, 7) || '-') || j.key,
    coalesce(j.value ->> '$.content', j.value ->> '$.activeForm'),
    j.value ->> '$.status',
    nullif(w.at, '')
from session_word as w
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
join json_each(case when json_valid(w.value) then w.value else '[]' end) as j
where (w.name = 'todos' or w.name glob 'todos/*') and j.type = 'object';
