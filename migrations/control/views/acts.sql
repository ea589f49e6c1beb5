-- What was done to processes, by whom, from where, and what came of each step?
create view acts as
select
    a.act_id,
    a.at,
    a.who,
    a.origin,
    a.what,
    a.pid,
    a.agent,
    a.session_id,
    a.exe,
    s.at as step_at,
    s.pid as step_pid,
    s.step,
    s.outcome
from act as a
left join act_step as s using (act_id);
