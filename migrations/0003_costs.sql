-- Money: a projection of responses, re-made in one pass when prices change.

-- What a model costs under a tier, from some moment on and above some size of request: US dollars per token, in
-- millionths of a millionth. A model without a price has one row without rates: it is unpriced, and not looked up
-- again. version names the table the rates were found in, and is empty while they were looked for in none; reason says
-- how the model was found there, or why there is no price. Prices by the time of day (UTC) have a row for each.
create table price (
    price_key integer primary key,
    version text not null,
    model text not null,
    tier text not null,
    provider text,
    matched text,
    reason text not null,
    starts_at text not null,
    from_time text not null,
    above_tokens integer not null,
    input_picos integer,
    cache_read_picos integer,
    cache_write_5m_picos integer,
    cache_write_1h_picos integer,
    output_picos integer,
    web_search_picos integer,
    unique (model, tier, starts_at, from_time, above_tokens)
) strict;

-- What a response cost, in billionths of a dollar; without an amount it is unpriced.
create table cost (
    response_key integer primary key,
    price_key integer not null references price,
    usd_nanos integer
) strict;

-- Responses that were written and not priced yet: emptied within the transaction that writes them.
create table response_to_price (
    response_key integer primary key
) strict;

alter table usage_quarter_hour add column usd_nanos integer not null default 0;
alter table usage_quarter_hour add column unpriced_responses integer not null default 0;
alter table usage_quarter_hour add column unpriced_tokens integer not null default 0;
alter table usage_quarter_hour add column reported_usd_micros integer not null default 0;
alter table usage_quarter_hour add column reported_responses integer not null default 0;

update usage_quarter_hour
set reported_usd_micros = t.micros, reported_responses = t.responses
from (
    select quarter, session_key, run_kind, model, tier, sum(reported_usd_micros) as micros, count(*) as responses
    from response
    where is_copy = 0 and evidence <> 'progress' and reported_usd_micros is not null
    group by 1, 2, 3, 4, 5
) as t
where t.quarter = usage_quarter_hour.quarter and t.session_key = usage_quarter_hour.session_key
    and t.run_kind = usage_quarter_hour.run_kind and t.model = usage_quarter_hour.model
    and t.tier = usage_quarter_hour.tier;

-- What was recorded before is unpriced until the next writer has looked its models up.
insert into price (version, model, tier, reason, starts_at, from_time, above_tokens)
select distinct '', model, tier, 'not looked up yet', '', '00:00', -1 from usage_quarter_hour;

insert into cost (response_key, price_key)
select r.response_key, p.price_key
from response as r
join price as p on p.model = r.model and p.tier = r.tier
where r.is_copy = 0 and r.evidence <> 'progress';

update usage_quarter_hour
set unpriced_responses = parts,
    unpriced_tokens = input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens;

drop trigger response_counted;
drop trigger response_uncounted;

create trigger response_counted after insert on response
when new.is_copy = 0 and new.evidence <> 'progress'
begin
    insert into response_to_price (response_key) values (new.response_key);
    insert into usage_quarter_hour (
        quarter, session_key, run_kind, model, tier, parts, responses, lower_bounds, input_tokens, cache_read_tokens,
        cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, web_searches,
        reported_usd_micros, reported_responses
    )
    values (
        new.quarter, new.session_key, new.run_kind, new.model, new.tier, 1, new.part = 0,
        new.part = 0 and new.stop_reason is null, new.input_tokens, new.cache_read_tokens,
        new.cache_write_5m_tokens, new.cache_write_1h_tokens, new.output_tokens, new.reasoning_tokens,
        new.web_searches, coalesce(new.reported_usd_micros, 0), new.reported_usd_micros is not null
    )
    on conflict do update set
        parts = parts + 1,
        responses = responses + excluded.responses,
        lower_bounds = lower_bounds + excluded.lower_bounds,
        input_tokens = input_tokens + excluded.input_tokens,
        cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
        cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
        cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
        web_searches = web_searches + excluded.web_searches,
        reported_usd_micros = reported_usd_micros + excluded.reported_usd_micros,
        reported_responses = reported_responses + excluded.reported_responses;
end;

create trigger response_uncounted after delete on response
when old.is_copy = 0 and old.evidence <> 'progress'
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
    delete from response_to_price where response_key = old.response_key;
    delete from usage_quarter_hour
    where quarter = old.quarter and session_key = old.session_key and run_kind = old.run_kind
        and model = old.model and tier = old.tier and parts = 0;
end;
