-- Sums are added to once for all answers of a transaction, and not once for each.

-- What response_to_price holds is written and not summed yet, neither its tokens nor its money: every writer prices at
-- the end of its transaction, and that counts, too. An answer that is counted has a cost, so by that it is known.
drop trigger response_counted;
drop trigger response_uncounted;

create trigger response_counted after insert on response
when new.is_copy = 0 and new.evidence <> 'progress'
begin
    insert into response_to_price (response_key) values (new.response_key);
end;

create trigger response_forgotten after delete on response
begin
    delete from response_to_price where response_key = old.response_key;
end;

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

-- The same answers as before, said in two words: four are looked for in a table of their own, made for each row.
drop index response_of_sums;
create index response_of_sums on response (session_key) where evidence not in ('transcript', 'progress');
