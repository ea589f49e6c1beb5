-- What did each run of this session use, of which model, for which prompt?
-- Of tables, by keys that no view shows.
select
    u.run_id,
    u.kind,
    r.model,
    r.prompt_id,
    sum(r.part = 0) as responses,
    sum(r.part = 0 and r.stop_reason is null) as lower_bounds,
    sum(r.input_tokens) as input_tokens,
    sum(r.cache_read_tokens) as cache_read_tokens,
    sum(r.cache_write_5m_tokens) as cache_write_5m_tokens,
    sum(r.cache_write_1h_tokens) as cache_write_1h_tokens,
    sum(r.output_tokens) as output_tokens,
    sum(r.web_searches) as web_searches,
    sum(c.usd_nanos) as usd_nanos,
    sum(
        iif(
            c.usd_nanos is null,
            r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens,
            0
        )
    ) as unpriced_tokens
from response as r
join run as u on u.run_key = r.run_key
left join cost as c using (response_key)
where r.session_key = :session and r.is_copy = 0 and r.evidence <> 'progress'
group by u.run_id, u.kind, r.model, r.prompt_id
order by max(r.at) desc, u.run_id, r.model;
