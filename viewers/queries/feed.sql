-- What happened last in this session? Each part is read from the end of its index, so that a long session costs no more.
-- Of tables, by keys that no view shows.
select at, run_id, kind, what, text, size, duration_ms, status, ref, id, block
from (
    select at, run_id, kind, what, text, size, duration_ms, status, ref, id, block, number
    from (
        select
            p.at, r.run_id, 'prompt' as kind, p.kind as what, p.text, p.chars as size, null as duration_ms,
            null as status, 'prompt ' || p.prompt_key as ref, p.prompt_id as id, 0 as block, p.prompt_key as number
        from prompt as p
        join run as r on r.run_key = p.run_key
        where p.session_key = :session and p.is_copy = 0 and p.kind <> 'injected' and p.at > '' and p.at <= :until
        order by p.at desc
        limit :most
    )
    union all
    select at, run_id, kind, what, text, size, duration_ms, status, ref, id, block, number
    from (
        select
            m.at, r.run_id, 'message' as kind, m.kind as what, m.text, m.chars as size, m.duration_ms,
            m.status, 'message ' || m.message_key as ref, m.uuid as id, m.block, m.message_key as number
        from message as m
        join run as r on r.run_key = m.run_key
        where m.session_key = :session and m.is_copy = 0 and m.at > '' and m.at <= :until
        order by m.at desc
        limit :most
    )
    union all
    select at, run_id, kind, what, text, size, duration_ms, status, ref, id, block, number
    from (
        select
            c.started_at as at, r.run_id, 'tool' as kind, coalesce(c.name, 'unknown') as what, c.target as text,
            c.result_bytes as size,
            coalesce(
                c.duration_ms, cast(round((julianday(c.ended_at) - julianday(c.started_at)) * 86400000) as integer)
            ) as duration_ms,
            coalesce(c.outcome, iif(c.ended_at is null, 'open', 'ok')) as status,
            'tool ' || c.tool_call_key as ref, c.tool_use_id as id, 0 as block, c.tool_call_key as number
        from tool_call as c
        join run as r on r.run_key = c.run_key
        where c.session_key = :session and c.is_copy = 0 and c.started_at > '' and c.started_at <= :until
        order by c.started_at desc
        limit :most
    )
    union all
    select
        k.at, r.run_id, 'compaction', k.kind, k.reason, k.tokens_before, k.duration_ms, k.tokens_after,
        'compaction ' || k.uuid, k.uuid, 0, 0
    from compaction as k
    join run as r on r.run_key = k.run_key
    where k.session_key = :session and k.is_copy = 0 and k.at > '' and k.at <= :until
    union all
    select w.started_at, 'main', 'workflow', coalesce(w.name, w.workflow_id), w.summary, null, null, null,
        'workflow ' || w.workflow_id, w.workflow_id, 0, 0
    from workflow as w
    where w.session_key = :session and w.started_at > '' and w.started_at <= :until
)
order by at desc, number desc, ref
limit :most;
