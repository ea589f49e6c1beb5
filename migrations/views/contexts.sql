-- How full is the context of each session's main run, how full was it ever, and how often was it made smaller?
-- Ask for one session, and it is answered by index. The window is what was told; a model's usual one nobody tells.
create view contexts as
with
    main as (
        select
            s.session_key,
            s.account_id,
            s.session_id,
            s.cwd,
            (
                select r.response_key
                from response as r
                where r.session_key = s.session_key and r.run_kind = 'main' and r.part = 0 and r.is_copy = 0
                    and r.evidence in ('transcript', 'event', 'total') and r.at is not null
                order by r.at desc, r.response_key desc
                limit 1
            ) as response_key,
            (
                select max(r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens)
                from response as r
                where r.session_key = s.session_key and r.run_kind = 'main' and r.part = 0 and r.is_copy = 0
                    and r.evidence in ('transcript', 'event', 'total')
            ) as peak_tokens,
            (
                select json_object(
                    'at', t.last_at, 'used', t.used_tokens, 'window', t.window_tokens, 'model', t.model,
                    'peak', (select max(p.used_tokens) from status_reading as p where p.session_key = s.session_key)
                )
                from status_reading as t
                where t.session_key = s.session_key
                order by t.last_at desc, t.first_at desc
                limit 1
            ) as told,
            (
                select json_object('at', k.at, 'after', k.tokens_after, 'reason', k.reason)
                from compaction as k
                join run as o using (run_key)
                where k.session_key = s.session_key and k.kind = 'full' and k.is_copy = 0 and o.kind = 'main'
                order by k.at desc
                limit 1
            ) as compacted,
            (
                select count(*)
                from compaction as k
                join run as o using (run_key)
                where k.session_key = s.session_key and k.kind = 'full' and k.is_copy = 0 and o.kind = 'main'
            ) as compactions,
            (
                select k.tokens_before
                from compaction as k
                join run as o using (run_key)
                where k.session_key = s.session_key and k.kind = 'full' and k.is_copy = 0 and o.kind = 'main'
                    and k.reason = 'auto' and k.tokens_before > 0
                order by k.at desc
                limit 1
            ) as compacted_at_tokens,
            (
                select cast(w.value as integer)
                from session_word as w
                where w.session_key = s.session_key and w.name = 'context_window'
            ) as window_tokens
        from session as s
    ),
    read as (
        select
            m.*,
            r.at as answered_at,
            r.model as answered_by,
            r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens as answer_tokens,
            m.told ->> '$.at' as told_at,
            m.compacted ->> '$.at' as compacted_at,
            -- Whichever spoke last. An answer and the status line that is drawn after it say the same.
            case
                when m.compacted ->> '$.at' > coalesce(r.at, '') and m.compacted ->> '$.at' > coalesce(m.told ->> '$.at', '')
                    then 'compaction'
                when m.told ->> '$.at' > coalesce(r.at, '') then 'status'
                else 'response'
            end as source
        from main as m
        left join response as r on r.response_key = m.response_key
        where m.response_key is not null or m.told is not null
    )
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, m.cwd) as project,
    m.session_id,
    m.source,
    case m.source when 'compaction' then m.compacted_at when 'status' then m.told_at else m.answered_at end as at,
    coalesce(iif(m.source = 'status', m.told ->> '$.model', null), m.answered_by, m.told ->> '$.model') as model,
    case m.source
        when 'compaction' then m.compacted ->> '$.after'
        when 'status' then m.told ->> '$.used'
        else m.answer_tokens
    end as used_tokens,
    max(coalesce(m.peak_tokens, 0), coalesce(m.told ->> '$.peak', 0)) as peak_tokens,
    m.told ->> '$.window' as status_window_tokens,
    m.told ->> '$.model' as status_model,
    m.window_tokens,
    m.compactions,
    m.compacted_at as last_compaction_at,
    m.compacted ->> '$.reason' as last_compaction_reason,
    m.compacted_at_tokens
from read as m
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = m.cwd;
