-- Which answers exist only in another run's progress records? Real, but counted apart: their own file is gone.
create view progress_responses as
select
    x.agent,
    d.device,
    a.name as account,
    s.session_id,
    r.run_id,
    x.message_id,
    x.request_id,
    x.at,
    x.model,
    x.input_tokens,
    x.cache_read_tokens,
    x.cache_write_5m_tokens,
    x.cache_write_1h_tokens,
    x.output_tokens
from response as x
join session as s using (session_key)
join run as r using (run_key)
join account as a on a.account_id = s.account_id
join device as d using (device_id)
where x.is_copy = 0 and x.evidence = 'progress';
