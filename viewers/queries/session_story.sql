-- What was said and done in these sessions, in order? Also what a fork begins with.
-- Of tables, by keys that no view shows.
select at, run_id, kind, what, text, size, duration_ms, outcome, ref, block
from (
    select
        coalesce(p.at, '') as at, r.run_id, 'prompt' as kind, p.kind as what, p.text, p.chars as size,
        null as duration_ms, null as outcome, p.prompt_id as ref, p.byte_offset as place,
        0 as block
    from prompt as p
    join run as r using (run_key)
    where p.session_key in (select value from json_each(:sessions)) and p.kind <> 'injected'
    union all
    select
        coalesce(m.at, ''), r.run_id, 'message', m.kind, m.text, m.chars, m.duration_ms, null, m.uuid, m.block,
        m.block
    from message as m
    join run as r using (run_key)
    where m.session_key in (select value from json_each(:sessions))
    union all
    select
        coalesce(c.started_at, c.ended_at, ''), r.run_id, 'tool', coalesce(c.name, 'unknown'), c.target,
        c.result_bytes, c.duration_ms, coalesce(c.outcome, 'open'), coalesce(c.agent_run_id, c.tool_use_id), 0, 0
    from tool_call as c
    join run as r using (run_key)
    where c.session_key in (select value from json_each(:sessions))
    union all
    select
        coalesce(k.at, ''), r.run_id, 'compaction', k.kind, k.reason, k.tokens_before, k.duration_ms, null, k.uuid, 0,
        0
    from compaction as k
    join run as r using (run_key)
    where k.session_key in (select value from json_each(:sessions))
)
where :run is null or run_id = :run
order by at, run_id = 'main' desc, run_id, place, kind, ref;
