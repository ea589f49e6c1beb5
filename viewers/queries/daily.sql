-- How many tokens did each model use on each local day from :since to :until? :shifts tells local time from UTC.
with
    -- The newest first: most of what is asked for lies in the first or second, where the search below stops.
    shift as materialized (
        select
            json_extract(value, '$[0]') as since,
            json_extract(value, '$[1]') as until,
            json_extract(value, '$[2]') || ' minutes' as distance
        from json_each(:shifts)
        order by since desc
    ),
    local as (
        select
            date(
                u.at,
                (select s.distance from shift as s where u.at >= s.since and u.at < s.until limit 1)
            ) as date,
            u.agent,
            u.model,
            u.input_tokens,
            u.output_tokens,
            u.cache_write_5m_tokens,
            u.cache_write_1h_tokens,
            u.cache_read_tokens,
            u.responses,
            u.lower_bounds
        from usage_quarter_hours as u
    )
select
    coalesce(date, 'unknown') as date,
    agent,
    model,
    sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens,
    sum(cache_write_5m_tokens) as cache_write_5m_tokens,
    sum(cache_write_1h_tokens) as cache_write_1h_tokens,
    sum(cache_read_tokens) as cache_read_tokens,
    sum(responses) as responses,
    sum(lower_bounds) as lower_bounds
from local
where (:since is null or date >= :since) and (:until is null or date <= :until)
group by 1, 2, 3
order by 1, 2, 3;
