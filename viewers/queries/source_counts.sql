-- How many files are in each state, with how much read and refused?
select
    state,
    count(*) as sources,
    sum(cursor_bytes) as cursor_bytes,
    sum(records) as records,
    sum(rejected) as rejected
from sources
group by state
order by sources desc, state;
