-- What did agents' programs tell while they ran, which their transcripts say later, or never?
create view signals as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    g.at,
    g.kind,
    g.name,
    g.prompt_id,
    g.tool_use_id,
    g.tool,
    g.text,
    g.duration_ms
from signal as g
join run as r using (run_key)
join session as s on s.session_key = g.session_key
join account as a using (account_id)
join device as d using (device_id);
