-- What agents export of themselves: calls of a model's API, and the points of their own meters.

-- Each call that was answered, and each try that was not. Answers that count stand in response too.
create table api_call (
    session_key integer not null references session,
    call_id blob not null,
    at text not null,
    kind text not null,
    request_id text,
    prompt_id text,
    model text,
    purpose text,
    attempt integer,
    status integer,
    error text,
    duration_ms integer,
    input_tokens integer,
    cache_read_tokens integer,
    cache_write_tokens integer,
    output_tokens integer,
    reasoning_tokens integer,
    reported_usd_micros integer,
    primary key (session_key, call_id)
) strict, without rowid;

-- Tokens that a meter of the agent's counted: only compared with what is recorded, never added to it.
create table metric_point (
    session_key integer not null references session,
    model text not null,
    kind text not null,
    purpose text not null,
    since_at text not null,
    at text not null,
    is_delta integer not null,
    tokens integer not null,
    primary key (session_key, model, kind, purpose, since_at, at)
) strict, without rowid;

-- response.evidence may also be 'telemetry': an answer that no transcript holds, or, marked as a copy, one that a
-- transcript holds too.
create index response_of_telemetry on response (session_key, request_id) where evidence = 'telemetry';
drop index response_of_sums;
create index response_of_sums on response (session_key)
where evidence <> 'transcript' and evidence <> 'progress' and evidence <> 'telemetry';

-- How much of a sum is seen only by telemetry.
alter table usage_quarter_hour add column telemetry_tokens integer not null default 0;
alter table usage_quarter_hour add column telemetry_responses integer not null default 0;
alter table usage_day add column telemetry_tokens integer not null default 0;
alter table usage_day add column telemetry_responses integer not null default 0;

drop trigger response_uncounted;
create trigger response_uncounted after delete on response
when exists (select 1 from cost as c where c.response_key = old.response_key)
begin
    update usage_quarter_hour set
        parts = parts - 1,
        responses = responses - (old.part = 0),
        lower_bounds = lower_bounds - (old.part = 0 and old.stop_reason is null),
        input_tokens = input_tokens - old.input_tokens,
        cache_read_tokens = cache_read_tokens - old.cache_read_tokens,
        cache_write_5m_tokens = cache_write_5m_tokens - old.cache_write_5m_tokens,
        cache_write_1h_tokens = cache_write_1h_tokens - old.cache_write_1h_tokens,
        output_tokens = output_tokens - old.output_tokens,
        reasoning_tokens = reasoning_tokens - old.reasoning_tokens,
        web_searches = web_searches - old.web_searches,
        reported_usd_micros = reported_usd_micros - coalesce(old.reported_usd_micros, 0),
        reported_responses = reported_responses - (old.reported_usd_micros is not null),
        telemetry_responses = telemetry_responses - (old.evidence = 'telemetry'),
        telemetry_tokens = telemetry_tokens - iif(
            old.evidence = 'telemetry',
            old.input_tokens + old.cache_read_tokens + old.cache_write_5m_tokens + old.cache_write_1h_tokens
                + old.output_tokens,
            0
        ),
        usd_nanos = usd_nanos
            - coalesce((select c.usd_nanos from cost as c where c.response_key = old.response_key), 0),
        unpriced_responses = unpriced_responses
            - (select count(*) from cost as c where c.response_key = old.response_key and c.usd_nanos is null),
        unpriced_tokens = unpriced_tokens - (
            select coalesce(sum(
                old.input_tokens + old.cache_read_tokens + old.cache_write_5m_tokens + old.cache_write_1h_tokens
                + old.output_tokens
            ), 0)
            from cost as c
            where c.response_key = old.response_key and c.usd_nanos is null
        )
    where quarter = old.quarter and session_key = old.session_key and run_kind = old.run_kind
        and model = old.model and tier = old.tier;
    delete from cost where response_key = old.response_key;
    delete from usage_quarter_hour
    where quarter = old.quarter and session_key = old.session_key and run_kind = old.run_kind
        and model = old.model and tier = old.tier and parts = 0;
end;
