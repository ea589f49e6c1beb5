-- What do these answers come to?
select
    coalesce(sum(input_tokens), 0) as input_tokens,
    coalesce(sum(output_tokens), 0) as output_tokens,
    coalesce(sum(cache_write_5m_tokens), 0) as cache_write_5m_tokens,
    coalesce(sum(cache_write_1h_tokens), 0) as cache_write_1h_tokens,
    coalesce(sum(cache_read_tokens), 0) as cache_read_tokens,
    coalesce(sum(reasoning_tokens), 0) as reasoning_tokens,
    coalesce(sum(web_searches), 0) as web_searches,
    coalesce(sum(responses), 0) as responses,
    coalesce(sum(lower_bounds), 0) as lower_bounds,
    coalesce(sum(usd_nanos), 0) as usd_nanos,
    coalesce(sum(unpriced_responses), 0) as unpriced_responses,
    coalesce(sum(unpriced_tokens), 0) as unpriced_tokens,
    coalesce(sum(subagent_tokens), 0) as subagent_tokens,
    coalesce(sum(subagent_usd_nanos), 0) as subagent_usd_nanos,
    coalesce(sum(telemetry_only_tokens), 0) as telemetry_only_tokens,
    count(*) as parts,
    coalesce(sum(is_reported), 0) as reported_parts
from chosen;
