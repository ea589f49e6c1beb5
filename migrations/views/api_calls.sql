-- Which calls of a model's API did agents export? Each that was answered, and each try that was not.
create view api_calls as
select
    a.agent,
    d.device,
    a.name as account,
    s.session_id,
    c.at,
    c.kind,
    c.purpose,
    c.model,
    c.request_id,
    c.prompt_id,
    c.attempt,
    c.status,
    c.error,
    c.duration_ms,
    c.input_tokens,
    c.cache_read_tokens,
    c.cache_write_tokens,
    c.output_tokens,
    c.reasoning_tokens,
    c.reported_usd_micros / 1e6 as reported_usd,
    x.is_copy = 0 as is_telemetry_only
from api_call as c
join session as s using (session_key)
join account as a using (account_id)
join device as d using (device_id)
left join response as x on x.message_id = c.request_id and x.request_id = c.request_id and x.agent = a.agent
    and x.part = 0 and x.session_key = c.session_key and x.evidence = 'telemetry';
