-- Who worked in these sessions, begun by which run, and to answer which prompt?
-- A run is begun by a tool call, and that belongs to an answer; where a file does not tell it, it is not known.
-- Of tables, by keys that no view shows.
with begun as (
    select
        n.run_key,
        n.run_id,
        n.kind,
        n.session_key,
        coalesce(
            d.tool_use_id,
            n.tool_use_id,
            (
                select w.tool_use_id
                from workflow as w
                where w.session_key = n.session_key and w.workflow_id = coalesce(d.workflow_id, n.workflow_id)
            )
        ) as tool_use_id
    from run as n
    left join run_card as d on d.session_key = n.session_key and d.run_id = n.run_id
    where n.session_key in (select value from json_each(:sessions))
)
select
    b.run_key,
    b.kind,
    c.run_key as parent_key,
    (
        select r.prompt_id
        from response as r
        where r.message_id = c.message_id and r.session_key = c.session_key
        order by r.part
        limit 1
    ) as prompt_id
from begun as b
left join tool_call as c
    on c.session_key = b.session_key
    and c.tool_use_id = coalesce(b.tool_use_id, (
        select o.tool_use_id
        from tool_call as o
        where o.session_key = b.session_key and o.agent_run_id = b.run_id
    ))
order by b.run_key;
