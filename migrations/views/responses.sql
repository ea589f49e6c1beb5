-- What was billed? One row for each answer, over all files, however often it was written or copied.
create view responses as
select
    x.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    x.run_kind,
    x.prompt_id,
    x.message_id,
    x.request_id,
    x.at,
    substr(x.at, 1, 10) as day,
    x.ended_at,
    x.model,
    x.tier,
    x.branch,
    x.input_tokens,
    x.cache_read_tokens,
    x.cache_write_5m_tokens,
    x.cache_write_1h_tokens,
    x.output_tokens,
    x.reasoning_tokens,
    x.web_searches,
    x.reported_usd_micros,
    x.stop_reason,
    x.stop_reason is null as is_lower_bound,
    x.evidence = 'telemetry' as is_telemetry_only,
    x.part > 0 as is_nested,
    coalesce(p.is_abandoned, 0) as is_abandoned,
    c.path,
    x.best_byte_offset as byte_offset
from response as x
join session as s using (session_key)
join run as r using (run_key)
join account as a on a.account_id = s.account_id
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd
left join prompt as p on p.prompt_id = x.prompt_id and p.session_key = x.session_key
left join generation as g on g.generation_id = x.best_generation_id
left join source as c using (source_id)
where x.is_copy = 0 and x.evidence <> 'progress';
