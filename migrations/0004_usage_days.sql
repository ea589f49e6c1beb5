-- Days: the sums of quarter hours once more, coarse enough that all of history is read in a moment.

-- What a row comes to where the agents' own word goes first: what they reported, if they did for all of the row.
alter table usage_quarter_hour add column auto_usd_nanos integer not null generated always as (
    iif(reported_responses = parts, reported_usd_micros * 1000, usd_nanos)
) virtual;
alter table usage_quarter_hour add column auto_unpriced_responses integer not null generated always as (
    iif(reported_responses = parts, 0, unpriced_responses)
) virtual;
alter table usage_quarter_hour add column auto_unpriced_tokens integer not null generated always as (
    iif(reported_responses = parts, 0, unpriced_tokens)
) virtual;
-- The tokens of rows in which no agent reported anything.
alter table usage_quarter_hour add column unreported_tokens integer not null generated always as (
    iif(
        reported_responses = 0,
        input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens,
        0
    )
) virtual;

-- The sums of one UTC date, which is empty where no time is known.
create table usage_day (
    day text not null,
    account_id integer not null,
    model text not null,
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
    primary key (day, account_id, model)
) strict, without rowid;

-- Days whose sums are no longer those above. Readers add their quarter hours up instead, so nothing is ever wrong
-- while a day waits here; the collector sums them anew when it has nothing else to do.
create table usage_day_to_sum (
    day text primary key
) strict, without rowid;

insert into usage_day_to_sum (day) select distinct substr(quarter, 1, 10) from usage_quarter_hour;

create trigger day_began after insert on usage_quarter_hour
begin
    insert into usage_day_to_sum (day) values (substr(new.quarter, 1, 10)) on conflict do nothing;
end;

-- Of the money alone: whatever changes the tokens of a row changes its money in the same transaction, and asking for
-- each answer would slow a first import down. Readers hold this: see response_to_price in their queries.
create trigger day_changed after update of usd_nanos on usage_quarter_hour
begin
    insert into usage_day_to_sum (day) values (substr(new.quarter, 1, 10)) on conflict do nothing;
end;

create trigger day_ended after delete on usage_quarter_hour
begin
    insert into usage_day_to_sum (day) values (substr(old.quarter, 1, 10)) on conflict do nothing;
end;

create trigger day_moved after update of account_id on session
begin
    insert into usage_day_to_sum (day)
    select distinct substr(quarter, 1, 10) from usage_quarter_hour where session_key = new.session_key
    on conflict do nothing;
end;
