-- What was used, from the answers themselves, which alone know their branch.
-- Money is by the rule of the quarter hour that they are part of.
-- Of tables, by keys that no view shows.
    shift as materialized (
        select substr(value ->> 0, 1, 16) as since, substr(value ->> 1, 1, 16) as until, (value ->> 2) || ' minutes' as distance
        from json_each(:shifts)
        order by since desc
    ),
    used as (
        select
            r.response_key,
            date(
                r.quarter,
                (select h.distance from shift as h where r.quarter >= h.since and r.quarter < h.until limit 1)
            ) as date,
            r.quarter,
            s.account_id,
            coalesce(f.project, s.cwd) as project,
            r.session_key,
            r.branch,
            r.run_key,
            r.run_kind,
            r.prompt_id,
            r.at,
            c.price_key,
            r.model,
            1 as parts,
            r.part = 0 as responses,
            r.part = 0 and r.stop_reason is null as lower_bounds,
            r.input_tokens,
            r.cache_read_tokens,
            r.cache_write_5m_tokens,
            r.cache_write_1h_tokens,
            r.output_tokens,
            r.reasoning_tokens,
            r.web_searches,
            iif(
                :mode = 'display' or (:mode = 'auto' and u.believed_responses = u.parts),
                iif(u.is_absurd, 0, coalesce(r.reported_usd_micros, 0)) * 1000,
                coalesce(c.usd_nanos, 0)
            ) as usd_nanos,
            case
                when :mode = 'display' then r.reported_usd_micros is null or u.is_absurd
                when :mode = 'auto' and u.believed_responses = u.parts then 0
                else c.usd_nanos is null
            end as unpriced_responses,
            case
                when :mode = 'display' then u.believed_responses = 0
                when :mode = 'auto' and u.believed_responses = u.parts then 0
                else c.usd_nanos is null
            end * (
                r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens
                + r.output_tokens
            ) as unpriced_tokens,
            :mode = 'display' or (:mode = 'auto' and u.believed_responses = u.parts) as is_reported,
            iif(
                r.run_kind = 'main', 0,
                r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens
                + r.output_tokens
            ) as subagent_tokens,
            iif(r.run_kind = 'main', 0, iif(
                :mode = 'display' or (:mode = 'auto' and u.believed_responses = u.parts),
                iif(u.is_absurd, 0, coalesce(r.reported_usd_micros, 0)) * 1000,
                coalesce(c.usd_nanos, 0)
            )) as subagent_usd_nanos,
            iif(
                r.evidence = 'telemetry',
                r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens
                + r.output_tokens,
                0
            ) as telemetry_only_tokens
        from response as r
        join session as s using (session_key)
        join account as a using (account_id)
        left join usage_quarter_hour as u
            on u.quarter = r.quarter and u.session_key = r.session_key and u.run_kind = r.run_kind
            and u.model = r.model and u.tier = r.tier
        left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
        left join cost as c using (response_key)
        where r.is_copy = 0 and r.evidence <> 'progress'
    )
