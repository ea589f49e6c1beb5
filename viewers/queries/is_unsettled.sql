-- Are there answers whose money, and so whose day, is not summed yet?
-- Of tables, by keys that no view shows.
select exists (select 1 from response_to_price) as is_unsettled;
