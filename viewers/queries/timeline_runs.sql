-- Which agents worked inside sessions between two moments, below which is each, and how many more are there?
-- Of each session the last :each of them.
-- Of tables, by keys that no view shows.
with chosen as materialized (
    select s.session_key
    from session as s
    where s.last_at >= :since and coalesce(s.first_at, s.last_at) < :until
    order by s.last_at desc, s.session_key desc
    limit :most
),
placed as (
    select
        r.run_key,
        r.session_key,
        r.run_id,
        r.kind,
        r.agent_type,
        r.tool_use_id,
        r.first_at,
        r.last_at,
        row_number() over (partition by r.session_key order by r.last_at desc, r.run_key desc) as place,
        count(*) over (partition by r.session_key) as runs
    from chosen as c
    cross join run as r on r.session_key = c.session_key
    where r.kind <> 'main' and r.last_at >= :since and r.first_at < :until
)
select
    p.session_key,
    p.run_key,
    p.run_id,
    coalesce(c.agent_type, p.agent_type, p.kind) as name,
    coalesce(c.description, c.name) as description,
    t.run_key as parent_key,
    p.first_at,
    p.last_at,
    p.runs - :each as more
from placed as p
left join run_card as c on c.session_key = p.session_key and c.run_id = p.run_id
left join tool_call as t on t.tool_use_id = coalesce(c.tool_use_id, p.tool_use_id) and t.session_key = p.session_key
where p.place <= :each
order by p.session_key, p.first_at, p.run_key;
