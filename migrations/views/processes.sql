-- Which programs of agents run, in which session, and what do they wait for?
create view processes as
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, p.cwd) as project,
    p.session_id,
    p.pid,
    p.born,
    p.started_at,
    p.ended_at,
    p.version,
    p.kind,
    p.entrypoint,
    p.name,
    p.cwd,
    p.status,
    p.waiting_for,
    p.status_at,
    p.updated_at
from process as p
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = p.cwd;
