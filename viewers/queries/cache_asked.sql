-- When was the answer at the end of each pause asked for, and was the context made smaller within it?
-- :pauses is a list of [session, run, since, until].
-- Of tables, by keys that no view shows.
select
    p.key as pause,
    max(
        coalesce((
            select max(q.at)
            from prompt as q
            where q.session_key = p.value ->> 0 and q.at > p.value ->> 2 and q.at <= p.value ->> 3
        ), ''),
        coalesce((
            select max(c.ended_at)
            from tool_call as c
            where c.session_key = p.value ->> 0 and c.started_at >= p.value ->> 2 and c.started_at <= p.value ->> 3
                and c.run_key = p.value ->> 1 and c.ended_at <= p.value ->> 3
        ), '')
    ) as asked_at,
    exists (
        select 1
        from compaction as m
        where m.session_key = p.value ->> 0 and m.run_key = p.value ->> 1
            and m.at >= p.value ->> 2 and m.at <= p.value ->> 3
    ) as is_compacted
from json_each(:pauses) as p
order by p.key;
