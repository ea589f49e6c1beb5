-- Parts of days, so that local days are read as fast as those of UTC; and reports that nobody can believe.

-- An agent's own word of what answers cost is no cost where it is out of all proportion: a dollar more than ten times
-- what their tokens come to, or, where their price is not known, than the dearest model's come to by far.
alter table usage_quarter_hour drop column auto_usd_nanos;
alter table usage_quarter_hour drop column auto_unpriced_responses;
alter table usage_quarter_hour drop column auto_unpriced_tokens;
alter table usage_quarter_hour drop column unreported_tokens;
alter table usage_quarter_hour add column is_absurd integer not null generated always as (
    reported_usd_micros > 1000000 + iif(
        unpriced_responses = 0,
        usd_nanos / 100,
        1000 * (
            input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens
        )
    )
) virtual;
alter table usage_quarter_hour add column believed_usd_micros integer not null generated always as (
    iif(is_absurd, 0, reported_usd_micros)
) virtual;
alter table usage_quarter_hour add column believed_responses integer not null generated always as (
    iif(is_absurd, 0, reported_responses)
) virtual;
alter table usage_quarter_hour add column auto_usd_nanos integer not null generated always as (
    iif(believed_responses = parts, believed_usd_micros * 1000, usd_nanos)
) virtual;
alter table usage_quarter_hour add column auto_unpriced_responses integer not null generated always as (
    iif(believed_responses = parts, 0, unpriced_responses)
) virtual;
alter table usage_quarter_hour add column auto_unpriced_tokens integer not null generated always as (
    iif(believed_responses = parts, 0, unpriced_tokens)
) virtual;
alter table usage_quarter_hour add column unbelieved_tokens integer not null generated always as (
    iif(
        believed_responses = 0,
        input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens,
        0
    )
) virtual;
create index usage_absurd on usage_quarter_hour (quarter) where is_absurd;

-- The sums of a part of a UTC date. Of a quarter hour before 10:00: from the beginning of the date to the end of that
-- quarter hour; of a later one: from its beginning to the end of the date. Where local time is up to ten hours behind
-- or fourteen ahead, what belongs to another date is one of these.
create table usage_part (
    day text not null,
    account_id integer not null,
    model text not null,
    quarter text not null,
    parts integer not null,
    responses integer not null,
    lower_bounds integer not null,
    input_tokens integer not null,
    cache_read_tokens integer not null,
    cache_write_5m_tokens integer not null,
    cache_write_1h_tokens integer not null,
    output_tokens integer not null,
    reasoning_tokens integer not null,
    web_searches integer not null,
    usd_nanos integer not null,
    unpriced_responses integer not null,
    unpriced_tokens integer not null,
    auto_usd_nanos integer not null,
    auto_unpriced_responses integer not null,
    auto_unpriced_tokens integer not null,
    reported_usd_micros integer not null,
    reported_responses integer not null,
    unreported_tokens integer not null,
    subagent_tokens integer not null,
    subagent_usd_nanos integer not null,
    subagent_auto_usd_nanos integer not null,
    subagent_reported_usd_micros integer not null,
    telemetry_tokens integer not null,
    telemetry_responses integer not null,
    primary key (day, account_id, model, quarter)
) strict, without rowid;

insert into usage_day_to_sum (day) select distinct day from usage_day where true on conflict do nothing;
