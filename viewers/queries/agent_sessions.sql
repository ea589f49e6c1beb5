-- How many sessions of each agent are recorded, and when was anything heard of it last?
-- Asked of the runs, for every session has one: the view of sessions adds up what each of them used, which takes long.
select
    agent,
    count(distinct json_array(device, account, session_id)) as sessions,
    max(last_at) as last_at
from runs
group by agent
order by agent;
