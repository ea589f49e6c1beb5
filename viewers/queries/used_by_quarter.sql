-- How much was used in each quarter of an hour of these days, by model?
-- The rows stand before, in one of the files used_in_….sql.
-- Of tables, by keys that no view shows.
select
    u.quarter,
    u.model,
    sum(u.input_tokens) as input_tokens,
    sum(u.output_tokens) as output_tokens,
    sum(u.cache_write_5m_tokens) as cache_write_5m_tokens,
    sum(u.cache_write_1h_tokens) as cache_write_1h_tokens,
    sum(u.cache_read_tokens) as cache_read_tokens,
    sum(u.reasoning_tokens) as reasoning_tokens,
    sum(u.web_searches) as web_searches,
    sum(u.responses) as responses,
    sum(u.lower_bounds) as lower_bounds,
    sum(u.usd_nanos) as usd_nanos,
    sum(u.unpriced_responses) as unpriced_responses,
    sum(u.unpriced_tokens) as unpriced_tokens,
    sum(u.subagent_tokens) as subagent_tokens,
    sum(u.subagent_usd_nanos) as subagent_usd_nanos,
    sum(u.telemetry_only_tokens) as telemetry_only_tokens,
    json_group_array(distinct u.session_key) as sessions
from used as u
cross join account as a using (account_id)
where u.quarter <> ''
    and (:since is null or u.date >= :since)
    and (:until is null or u.date <= :until)
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:models is null or u.model in (select value from json_each(:models)))
    and (:projects is null or u.project in (select value from json_each(:projects)))
    and (:sessions is null or u.session_key in (select value from json_each(:sessions)))
    and (:branch is null or u.branch = :branch)
group by u.quarter, u.model
order by u.quarter, u.model;
