-- What is known of this session: its name, its money, its context, what runs in it?
-- Of tables, by keys that no view shows.
with newest as (
    select r.at, r.model, r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens as used
    from response as r
    where r.session_key = :session and r.run_kind = 'main' and r.part = 0 and r.is_copy = 0
        and r.evidence in ('transcript', 'event') and r.at is not null
    order by r.at desc, r.response_key desc
    limit 1
)
select
    s.title,
    s.branch,
    s.cwd,
    coalesce((select n.model from newest as n), s.model) as model,
    s.effort,
    s.first_at,
    s.last_at,
    s.parent_session_id,
    s.responses,
    s.lower_bounds,
    s.input_tokens,
    s.cache_read_tokens,
    s.cache_write_5m_tokens,
    s.cache_write_1h_tokens,
    s.output_tokens,
    s.usd,
    s.unpriced_tokens,
    s.permission_mode,
    coalesce(
        (
            select p.text
            from prompt as p
            join run as u on u.run_key = p.run_key
            where p.session_key = :session and u.run_id = 'main' and p.is_copy = 0 and p.kind in ('prompt', 'command')
            order by p.at desc
            limit 1
        ),
        s.last_prompt
    ) as last_prompt,
    (
        select iif(
            k.at > (select n.at from newest as n), k.tokens_after, (select n.used from newest as n)
        )
        from (
            select c.at, c.tokens_after
            from compaction as c
            join run as u on u.run_key = c.run_key
            where c.session_key = :session and u.run_id = 'main' and c.kind = 'full'
            union all
            select '', null
            order by 1 desc
            limit 1
        ) as k
    ) as context_tokens,
    (
        select t.window_tokens
        from status_reading as t
        where t.session_key = :session
        order by t.last_at desc
        limit 1
    ) as window_tokens,
    (select count(*) from compaction as c where c.session_key = :session and c.is_copy = 0) as compactions,
    (
        select sum(c.usd_nanos)
        from response as r
        join cost as c using (response_key)
        where r.session_key = :session and r.at >= :lately and r.is_copy = 0 and r.evidence <> 'progress'
    ) as lately_nanos,
    (
        select sum(
            r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
        )
        from response as r
        where r.session_key = :session and r.at >= :lately and r.is_copy = 0 and r.evidence <> 'progress'
    ) as lately_tokens,
    (
        select count(*)
        from tool_call as c
        where c.session_key = :session and c.is_copy = 0 and c.ended_at is null and c.started_at >= :today
            and c.agent_run_id is not null
    ) as agents_open
from sessions as s
where s.session_id = :session_id and s.account = :account and s.agent = :agent
limit 1;
