-- When was a context made smaller, why, and by how much?
create view compactions as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    c.uuid as compaction_id,
    c.at,
    c.kind,
    c.reason,
    c.tokens_before,
    c.tokens_after,
    c.duration_ms,
    c.summary_chars
from compaction as c
join run as r using (run_key)
join session as s on s.session_key = c.session_key
join account as a using (account_id)
join device as d using (device_id)
where c.is_copy = 0;
