-- How full is the context of this session, and does its agent ever record that one is made smaller?
-- Of tables, by keys that no view shows.
select
    c.session_id,
    c.source,
    c.at,
    c.compactions,
    c.last_compaction_at,
    c.last_compaction_reason,
    exists (
        select 1
        from compaction as k
        join session as o using (session_key)
        join account as b using (account_id)
        where b.agent = c.agent
    ) as records_any,
    c.used_tokens,
    c.peak_tokens,
    c.model,
    c.status_window_tokens,
    c.status_model,
    c.window_tokens,
    c.compacted_at_tokens
from session as s
join account as a using (account_id)
join device as d using (device_id)
join contexts as c
    on c.session_id = s.session_id and c.agent = a.agent and c.account = a.name and c.device = d.device
where s.session_key = :session;
