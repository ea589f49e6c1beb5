-- What was used, from the sums of UTC dates.
-- Where local time is ahead, the end of a date belongs to the next one, and where it is behind, the beginning to the one
-- before: mostly one sum. Dates that wait to be summed, and those on which clocks change, are read from quarter hours.
-- Of tables, by keys that no view shows.
    shift as materialized (
        select
            substr(value ->> 0, 1, 16) as since,
            substr(value ->> 1, 1, 16) as until,
            substr(value ->> 0, 1, 10) as first,
            iif(value ->> 2 > 0, '1 days', '-1 days') as step,
            iif(value ->> 2 > 0, 'T' || strftime('%H:%M', '00:00', -(value ->> 2) || ' minutes'), '') as low,
            iif(value ->> 2 > 0, '~', 'T' || strftime('%H:%M', '00:00', -(value ->> 2) || ' minutes')) as high
        from json_each(:shifts)
        where value ->> 2 <> 0
            and value ->> 1 >= (
                select min(day)
                from (
                    select min(day) as day from usage_day where day > ''
                    union all
                    select min(day) from usage_day_to_sum where day > ''
                )
            )
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
        cross join shift as s on d.day >= s.first and d.day <= s.until
        where d.day <> ''
    ),
    named as materialized (
        select
            day,
            step,
            since,
            until,
            case
                when step = '' or day in (select day from usage_day_to_sum) or count(*) over (partition by day) > 1 then ''
                when since = day and until <= day || 'T10:00' then 'beginning'
                when until = day || '~' and since >= day || 'T10:00' then 'end'
                else ''
            end as part
        from piece
        where since < until
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
                when 'display' then u.believed_usd_micros * 1000
                else u.auto_usd_nanos
            end) as usd_nanos,
            sum(case :mode
                when 'calculate' then u.unpriced_responses
                when 'display' then u.parts - u.believed_responses
                else u.auto_unpriced_responses
            end) as unpriced_responses,
            sum(case :mode
                when 'calculate' then u.unpriced_tokens
                when 'display' then u.unbelieved_tokens
                else u.auto_unpriced_tokens
            end) as unpriced_tokens,
            sum(iif(
                u.run_kind = 'main', 0,
                u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens
                + u.output_tokens
            )) as subagent_tokens,
            sum(iif(u.run_kind = 'main', 0, case :mode
                when 'calculate' then u.usd_nanos
                when 'display' then u.believed_usd_micros * 1000
                else u.auto_usd_nanos
            end)) as subagent_usd_nanos,
            sum(u.telemetry_tokens) as telemetry_only_tokens
        from named as p
        cross join usage_quarter_hour as u on u.quarter >= p.since and u.quarter < p.until
        cross join session as s using (session_key)
        where p.part = ''
        group by 1, 2, 3, 4
    ),
    used as (
        -- What belongs to this date, and then what belongs to the other one.
        select
            nullif(iif(g.value, date(d.day, p.step), d.day), '') as date,
            d.account_id,
            null as project,
            null as session_key,
            null as branch,
            d.model,
            iif(g.value, u.parts, d.parts - coalesce(u.parts, 0)) as parts,
            iif(g.value, u.responses, d.responses - coalesce(u.responses, 0)) as responses,
            iif(g.value, u.lower_bounds, d.lower_bounds - coalesce(u.lower_bounds, 0)) as lower_bounds,
            iif(g.value, u.input_tokens, d.input_tokens - coalesce(u.input_tokens, 0)) as input_tokens,
            iif(g.value, u.cache_read_tokens, d.cache_read_tokens - coalesce(u.cache_read_tokens, 0)) as cache_read_tokens,
            iif(g.value, u.cache_write_5m_tokens, d.cache_write_5m_tokens - coalesce(u.cache_write_5m_tokens, 0)) as cache_write_5m_tokens,
            iif(g.value, u.cache_write_1h_tokens, d.cache_write_1h_tokens - coalesce(u.cache_write_1h_tokens, 0)) as cache_write_1h_tokens,
            iif(g.value, u.output_tokens, d.output_tokens - coalesce(u.output_tokens, 0)) as output_tokens,
            iif(g.value, u.reasoning_tokens, d.reasoning_tokens - coalesce(u.reasoning_tokens, 0)) as reasoning_tokens,
            iif(g.value, u.web_searches, d.web_searches - coalesce(u.web_searches, 0)) as web_searches,
            case :mode
                when 'calculate' then iif(g.value, u.usd_nanos, d.usd_nanos - coalesce(u.usd_nanos, 0))
                when 'display' then 1000 * iif(g.value, u.reported_usd_micros, d.reported_usd_micros - coalesce(u.reported_usd_micros, 0))
                else iif(g.value, u.auto_usd_nanos, d.auto_usd_nanos - coalesce(u.auto_usd_nanos, 0))
            end as usd_nanos,
            case :mode
                when 'calculate' then iif(g.value, u.unpriced_responses, d.unpriced_responses - coalesce(u.unpriced_responses, 0))
                when 'display' then iif(g.value, u.parts, d.parts - coalesce(u.parts, 0)) - iif(g.value, u.reported_responses, d.reported_responses - coalesce(u.reported_responses, 0))
                else iif(g.value, u.auto_unpriced_responses, d.auto_unpriced_responses - coalesce(u.auto_unpriced_responses, 0))
            end as unpriced_responses,
            case :mode
                when 'calculate' then iif(g.value, u.unpriced_tokens, d.unpriced_tokens - coalesce(u.unpriced_tokens, 0))
                when 'display' then iif(g.value, u.unreported_tokens, d.unreported_tokens - coalesce(u.unreported_tokens, 0))
                else iif(g.value, u.auto_unpriced_tokens, d.auto_unpriced_tokens - coalesce(u.auto_unpriced_tokens, 0))
            end as unpriced_tokens,
            iif(g.value, u.subagent_tokens, d.subagent_tokens - coalesce(u.subagent_tokens, 0)) as subagent_tokens,
            case :mode
                when 'calculate' then iif(g.value, u.subagent_usd_nanos, d.subagent_usd_nanos - coalesce(u.subagent_usd_nanos, 0))
                when 'display' then 1000 * iif(g.value, u.subagent_reported_usd_micros, d.subagent_reported_usd_micros - coalesce(u.subagent_reported_usd_micros, 0))
                else iif(g.value, u.subagent_auto_usd_nanos, d.subagent_auto_usd_nanos - coalesce(u.subagent_auto_usd_nanos, 0))
            end as subagent_usd_nanos,
            iif(g.value, u.telemetry_tokens, d.telemetry_tokens - coalesce(u.telemetry_tokens, 0)) as telemetry_only_tokens
        from usage_day as d
        left join named as p on p.day = d.day and p.part <> ''
        left join usage_part as u
            on u.day = d.day and u.account_id = d.account_id and u.model = d.model and u.quarter = iif(
                p.part = 'end',
                (
                    select min(e.quarter)
                    from usage_part as e
                    where e.day = d.day and e.account_id = d.account_id and e.model = d.model and e.quarter >= p.since
                ),
                (
                    select max(b.quarter)
                    from usage_part as b
                    where b.day = d.day and b.account_id = d.account_id and b.model = d.model and b.quarter < p.until
                )
            )
        cross join (select 0 as value union all select 1) as g
        where d.day not in (select day from usage_day_to_sum) and (not g.value or u.day is not null)
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
