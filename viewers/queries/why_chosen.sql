-- The answers of one row of a report. They stand before, in used_in_responses.sql.
-- Of tables, by keys that no view shows.
    chosen as (
        select
            u.response_key,
            u.project,
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
            u.usd_nanos,
            u.unpriced_responses,
            u.unpriced_tokens,
            u.is_reported,
            u.subagent_tokens,
            u.subagent_usd_nanos,
            u.telemetry_only_tokens
        from used as u
        join account as a using (account_id)
        where (:since is null or u.date >= :since)
            and (:until is null or u.date <= :until)
            and (not :is_undated or u.date is null)
            and (:from_quarter is null or u.quarter >= :from_quarter)
            and (:to_quarter is null or u.quarter < :to_quarter)
            and (:accounts is null or a.name in (select value from json_each(:accounts)))
            and (:agents is null or a.agent in (select value from json_each(:agents)))
            and (:models is null or u.model in (select value from json_each(:models)))
            and (:projects is null or coalesce(u.project, 'unknown') in (select value from json_each(:projects)))
            and (:sessions is null or u.session_key in (select value from json_each(:sessions)))
            and (:branch is null or coalesce(u.branch, 'unknown') = :branch)
    )
