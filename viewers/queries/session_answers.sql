-- What was each answer of these sessions, in which run, to which prompt?
-- The rows stand before, in used_in_responses.sql.
-- Of tables, by keys that no view shows.
select
    u.session_key,
    u.run_key,
    u.run_kind,
    u.prompt_id,
    u.at,
    u.model,
    u.price_key,
    u.input_tokens,
    u.output_tokens,
    u.cache_write_5m_tokens,
    u.cache_write_1h_tokens,
    u.cache_read_tokens,
    u.reasoning_tokens,
    u.web_searches,
    u.responses,
    u.lower_bounds,
    u.usd_nanos,
    u.unpriced_responses,
    u.unpriced_tokens,
    u.subagent_tokens,
    u.subagent_usd_nanos,
    u.telemetry_only_tokens
from used as u
cross join account as a using (account_id)
where u.session_key in (select value from json_each(:sessions))
    and (:since is null or u.date >= :since)
    and (:until is null or u.date <= :until)
    and (:accounts is null or a.name in (select value from json_each(:accounts)))
    and (:agents is null or a.agent in (select value from json_each(:agents)))
    and (:models is null or u.model in (select value from json_each(:models)))
    and (:projects is null or u.project in (select value from json_each(:projects)))
    and (:branch is null or u.branch = :branch)
order by u.at, u.response_key;
