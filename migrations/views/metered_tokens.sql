-- What do the meters of the agents themselves say, and what was recorded of the same session? A check, never a sum.
create view metered_tokens as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    m.model,
    m.kind,
    m.since,
    m.until,
    m.tokens as metered_tokens,
    coalesce((
        select sum(case m.kind
            when 'input' then r.input_tokens
            when 'output' then r.output_tokens
            when 'cache_read' then r.cache_read_tokens
            when 'cache_write' then r.cache_write_5m_tokens + r.cache_write_1h_tokens
        end)
        from response as r
        where r.session_key = m.session_key and r.model = m.model and r.evidence <> 'progress'
            and (r.is_copy = 0 or r.evidence <> 'telemetry')
    ), 0) as counted_tokens
from (
    select session_key, model, kind, min(since_at) as since, max(at) as until, sum(tokens) as tokens
    from (
        select session_key, model, kind, since_at, at, tokens
        from metric_point
        where is_delta
        union all
        -- a meter that goes on counting from its start: its last word is the sum
        select session_key, model, kind, since_at, max(at), max(tokens)
        from metric_point
        where not is_delta
        group by session_key, model, kind, purpose, since_at
    )
    group by session_key, model, kind
) as m
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id);
