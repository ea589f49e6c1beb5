-- What was used, from the sums of quarter hours, which know their session.
-- The newest shift first: there the search mostly stops.
-- Of tables, by keys that no view shows.
    shift as materialized (
        select substr(value ->> 0, 1, 16) as since, substr(value ->> 1, 1, 16) as until, (value ->> 2) || ' minutes' as distance
        from json_each(:shifts)
        order by since desc
    ),
    used as (
        select
            date(
                u.quarter,
                (select h.distance from shift as h where u.quarter >= h.since and u.quarter < h.until limit 1)
            ) as date,
            u.quarter,
            s.account_id,
            coalesce(f.project, s.cwd) as project,
            u.session_key,
            null as branch,
            u.model,
            u.parts,
            u.responses,
            u.lower_bounds,
            u.input_tokens,
            u.cache_read_tokens,
            u.cache_write_5m_tokens,
            u.cache_write_1h_tokens,
            u.output_tokens,
            u.reasoning_tokens,
            u.web_searches,
            case :mode
                when 'calculate' then u.usd_nanos
                when 'display' then u.believed_usd_micros * 1000
                else u.auto_usd_nanos
            end as usd_nanos,
            case :mode
                when 'calculate' then u.unpriced_responses
                when 'display' then u.parts - u.believed_responses
                else u.auto_unpriced_responses
            end as unpriced_responses,
            case :mode
                when 'calculate' then u.unpriced_tokens
                when 'display' then u.unbelieved_tokens
                else u.auto_unpriced_tokens
            end as unpriced_tokens,
            iif(
                u.run_kind = 'main', 0,
                u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens
                + u.output_tokens
            ) as subagent_tokens,
            iif(u.run_kind = 'main', 0, case :mode
                when 'calculate' then u.usd_nanos
                when 'display' then u.believed_usd_micros * 1000
                else u.auto_usd_nanos
            end) as subagent_usd_nanos,
            u.telemetry_tokens as telemetry_only_tokens
        from usage_quarter_hour as u
        join session as s using (session_key)
        join account as a using (account_id)
        left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
        where u.quarter >= coalesce(date(:since, '-1 day'), '') and u.quarter < coalesce(date(:until, '+2 days'), '~')
    )
