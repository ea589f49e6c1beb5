-- What was used, from the sums of UTC dates.
-- Where local time is ahead, the last quarter hours of a date belong to the next one, and where it is behind, the first
-- to the one before. Dates that wait to be summed are read from their quarter hours.
-- Of tables, by keys that no view shows.
    shift as materialized (
        select
            substr(value ->> 0, 1, 16) as since,
            substr(value ->> 1, 1, 16) as until,
            iif(value ->> 2 > 0, '1 days', '-1 days') as step,
            iif(value ->> 2 > 0, 'T' || strftime('%H:%M', '00:00', -(value ->> 2) || ' minutes'), '') as low,
            iif(value ->> 2 > 0, '~', 'T' || strftime('%H:%M', '00:00', -(value ->> 2) || ' minutes')) as high
        from json_each(:shifts)
        where value ->> 2 <> 0
    ),
    -- Quarter hours that are read: those of a date that waits, and those that belong to another date than their own.
    piece as (
        select day, '' as step, day as since, iif(day = '', '0', day || '~') as until
        from usage_day_to_sum
        union all
        select d.day, s.step, max(s.since, d.day || s.low), min(s.until, d.day || s.high)
        from (
            select day from usage_day where exists (select 1 from shift)
            union
            select day from usage_day_to_sum where exists (select 1 from shift)
        ) as d
        cross join shift as s on d.day >= substr(s.since, 1, 10) and d.day <= s.until
        where d.day <> ''
    ),
    pieced as materialized (
        select
            p.day,
            p.step,
            s.account_id,
            u.model,
            sum(u.parts) as parts,
            sum(u.responses) as responses,
            sum(u.lower_bounds) as lower_bounds,
            sum(u.input_tokens) as input_tokens,
            sum(u.cache_read_tokens) as cache_read_tokens,
            sum(u.cache_write_5m_tokens) as cache_write_5m_tokens,
            sum(u.cache_write_1h_tokens) as cache_write_1h_tokens,
            sum(u.output_tokens) as output_tokens,
            sum(u.reasoning_tokens) as reasoning_tokens,
            sum(u.web_searches) as web_searches,
            sum(case :mode
                when 'calculate' then u.usd_nanos
                when 'display' then u.reported_usd_micros * 1000
                else u.auto_usd_nanos
            end) as usd_nanos,
            sum(case :mode
                when 'calculate' then u.unpriced_responses
                when 'display' then u.parts - u.reported_responses
                else u.auto_unpriced_responses
            end) as unpriced_responses,
            sum(case :mode
                when 'calculate' then u.unpriced_tokens
                when 'display' then u.unreported_tokens
                else u.auto_unpriced_tokens
            end) as unpriced_tokens,
            sum(iif(
                u.run_kind = 'main', 0,
                u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens
                + u.output_tokens
            )) as subagent_tokens,
            sum(iif(u.run_kind = 'main', 0, case :mode
                when 'calculate' then u.usd_nanos
                when 'display' then u.reported_usd_micros * 1000
                else u.auto_usd_nanos
            end)) as subagent_usd_nanos,
            sum(u.telemetry_tokens) as telemetry_only_tokens
        from piece as p
        cross join usage_quarter_hour as u on u.quarter >= p.since and u.quarter < p.until
        cross join session as s using (session_key)
        group by 1, 2, 3, 4
    ),
    used as (
        select
            nullif(d.day, '') as date,
            d.account_id,
            null as project,
            null as session_key,
            null as branch,
            d.model,
            d.parts,
            d.responses,
            d.lower_bounds,
            d.input_tokens,
            d.cache_read_tokens,
            d.cache_write_5m_tokens,
            d.cache_write_1h_tokens,
            d.output_tokens,
            d.reasoning_tokens,
            d.web_searches,
            case :mode
                when 'calculate' then d.usd_nanos
                when 'display' then d.reported_usd_micros * 1000
                else d.auto_usd_nanos
            end as usd_nanos,
            case :mode
                when 'calculate' then d.unpriced_responses
                when 'display' then d.parts - d.reported_responses
                else d.auto_unpriced_responses
            end as unpriced_responses,
            case :mode
                when 'calculate' then d.unpriced_tokens
                when 'display' then d.unreported_tokens
                else d.auto_unpriced_tokens
            end as unpriced_tokens,
            d.subagent_tokens,
            case :mode
                when 'calculate' then d.subagent_usd_nanos
                when 'display' then d.subagent_reported_usd_micros * 1000
                else d.subagent_auto_usd_nanos
            end as subagent_usd_nanos,
            d.telemetry_tokens as telemetry_only_tokens
        from usage_day as d
        where d.day not in (select day from usage_day_to_sum)
        union all
        -- Once added where it belongs, and once taken away where it does not.
        select
            nullif(iif(g.value > 0 and p.step <> '', date(p.day, p.step), p.day), ''),
            p.account_id,
            null,
            null,
            null,
            p.model,
            g.value * p.parts,
            g.value * p.responses,
            g.value * p.lower_bounds,
            g.value * p.input_tokens,
            g.value * p.cache_read_tokens,
            g.value * p.cache_write_5m_tokens,
            g.value * p.cache_write_1h_tokens,
            g.value * p.output_tokens,
            g.value * p.reasoning_tokens,
            g.value * p.web_searches,
            g.value * p.usd_nanos,
            g.value * p.unpriced_responses,
            g.value * p.unpriced_tokens,
            g.value * p.subagent_tokens,
            g.value * p.subagent_usd_nanos,
            g.value * p.telemetry_only_tokens
        from pieced as p
        cross join json_each('[1, -1]') as g
        where g.value > 0 or p.step <> ''
    )
