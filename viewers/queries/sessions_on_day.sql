-- How many sessions used tokens on the local date :day? :shifts tells local time from UTC.
with shift as materialized (
    select
        json_extract(value, '$[0]') as since,
        json_extract(value, '$[1]') as until,
        json_extract(value, '$[2]') || ' minutes' as distance
    from json_each(:shifts)
    order by since desc
)
select count(distinct u.session_id) as sessions
from usage_quarter_hours as u
where date(
    u.at,
    (select s.distance from shift as s where u.at >= s.since and u.at < s.until limit 1)
) = :day;
