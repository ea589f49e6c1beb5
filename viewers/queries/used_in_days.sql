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
            case when u.day is null then d.parts when g.value then u.parts else d.parts - u.parts end as parts,
            case
                when u.day is null then d.responses
                when g.value then u.responses
                else d.responses - u.responses
            end as responses,
            case
                when u.day is null then d.lower_bounds
                when g.value then u.lower_bounds
                else d.lower_bounds - u.lower_bounds
            end as lower_bounds,
            case
                when u.day is null then d.input_tokens
                when g.value then u.input_tokens
                else d.input_tokens - u.input_tokens
            end as input_tokens,
            case
                when u.day is null then d.cache_read_tokens
                when g.value then u.cache_read_tokens
                else d.cache_read_tokens - u.cache_read_tokens
            end as cache_read_tokens,
            case
                when u.day is null then d.cache_write_5m_tokens
                when g.value then u.cache_write_5m_tokens
                else d.cache_write_5m_tokens - u.cache_write_5m_tokens
            end as cache_write_5m_tokens,
            case
                when u.day is null then d.cache_write_1h_tokens
                when g.value then u.cache_write_1h_tokens
                else d.cache_write_1h_tokens - u.cache_write_1h_tokens
            end as cache_write_1h_tokens,
            case
                when u.day is null then d.output_tokens
                when g.value then u.output_tokens
                else d.output_tokens - u.output_tokens
            end as output_tokens,
            case
                when u.day is null then d.reasoning_tokens
                when g.value then u.reasoning_tokens
                else d.reasoning_tokens - u.reasoning_tokens
            end as reasoning_tokens,
            case
                when u.day is null then d.web_searches
                when g.value then u.web_searches
                else d.web_searches - u.web_searches
            end as web_searches,
            case :mode
                when 'calculate' then case
                    when u.day is null then d.usd_nanos
                    when g.value then u.usd_nanos
                    else d.usd_nanos - u.usd_nanos
                end
                when 'display' then 1000 * case
                    when u.day is null then d.reported_usd_micros
                    when g.value then u.reported_usd_micros
                    else d.reported_usd_micros - u.reported_usd_micros
                end
                else case
                    when u.day is null then d.auto_usd_nanos
                    when g.value then u.auto_usd_nanos
                    else d.auto_usd_nanos - u.auto_usd_nanos
                end
            end as usd_nanos,
            case :mode
                when 'calculate' then case
                    when u.day is null then d.unpriced_responses
                    when g.value then u.unpriced_responses
                    else d.unpriced_responses - u.unpriced_responses
                end
                when 'display' then case
                    when u.day is null then d.parts - d.reported_responses
                    when g.value then u.parts - u.reported_responses
                    else d.parts - d.reported_responses - u.parts + u.reported_responses
                end
                else case
                    when u.day is null then d.auto_unpriced_responses
                    when g.value then u.auto_unpriced_responses
                    else d.auto_unpriced_responses - u.auto_unpriced_responses
                end
            end as unpriced_responses,
            case :mode
                when 'calculate' then case
                    when u.day is null then d.unpriced_tokens
                    when g.value then u.unpriced_tokens
                    else d.unpriced_tokens - u.unpriced_tokens
                end
                when 'display' then case
                    when u.day is null then d.unreported_tokens
                    when g.value then u.unreported_tokens
                    else d.unreported_tokens - u.unreported_tokens
                end
                else case
                    when u.day is null then d.auto_unpriced_tokens
                    when g.value then u.auto_unpriced_tokens
                    else d.auto_unpriced_tokens - u.auto_unpriced_tokens
                end
            end as unpriced_tokens,
            case
                when u.day is null then d.subagent_tokens
                when g.value then u.subagent_tokens
                else d.subagent_tokens - u.subagent_tokens
            end as subagent_tokens,
            case :mode
                when 'calculate' then case
                    when u.day is null then d.subagent_usd_nanos
                    when g.value then u.subagent_usd_nanos
                    else d.subagent_usd_nanos - u.subagent_usd_nanos
                end
                when 'display' then 1000 * case
                    when u.day is null then d.subagent_reported_usd_micros
                    when g.value then u.subagent_reported_usd_micros
                    else d.subagent_reported_usd_micros - u.subagent_reported_usd_micros
                end
                else case
                    when u.day is null then d.subagent_auto_usd_nanos
                    when g.value then u.subagent_auto_usd_nanos
                    else d.subagent_auto_usd_nanos - u.subagent_auto_usd_nanos
                end
            end as subagent_usd_nanos,
            case
                when u.day is null then d.telemetry_tokens
                when g.value then u.telemetry_tokens
                else d.telemetry_tokens - u.telemetry_tokens
            end as telemetry_only_tokens
        from usage_day as d
        left join named as p on p.day = d.day and p.part <> ''
        left join usage_part as u
            on u.day = d.day and u.account_id = d.account_id and u.model = d.model and u.quarter = case
                when p.part = 'end' and d.last_quarter >= p.since then (
                    select min(e.quarter)
                    from usage_part as e
                    where e.day = d.day and e.account_id = d.account_id and e.model = d.model and e.quarter >= p.since
                )
                when p.part = 'beginning' and d.first_quarter < p.until then (
                    select max(b.quarter)
                    from usage_part as b
                    where b.day = d.day and b.account_id = d.account_id and b.model = d.model and b.quarter < p.until
                )
            end
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
