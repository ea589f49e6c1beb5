-- Which tools run now, in sessions that work or wait, on what, and since when?
create view running_tools as
with
    live as (
        select
            s.session_key,
            n.agent,
            n.device,
            n.account,
            n.project,
            n.session_id
        from fleet as n
        join session as s on s.session_id = n.session_id
        join account as a on a.account_id = s.account_id and a.agent = n.agent and a.name = n.account
        where n.state in ('working', 'waiting')
    ),
    begun as (
        select l.session_key, g.run_key, g.tool_use_id, g.tool, g.text as target, g.at, 'hooks' as told_by
        from live as l
        join signal as g on g.session_key = l.session_key
        where g.kind = 'tool_started' and g.tool_use_id is not null
        union all
        select l.session_key, c.run_key, c.tool_use_id, c.name, c.target, c.started_at, 'file'
        from live as l
        join tool_call as c on c.session_key = l.session_key
        where c.is_copy = 0 and c.started_at is not null
    ),
    together as (
        select
            b.session_key,
            b.tool_use_id,
            min(b.run_key) as run_key,
            max(b.tool) as tool,
            max(b.target) as target,
            min(b.at) as started_at,
            iif(count(distinct b.told_by) = 2, 'both', max(b.told_by)) as told_by
        from begun as b
        group by b.session_key, b.tool_use_id
    )
select
    l.agent,
    l.device,
    l.account,
    l.project,
    l.session_id,
    r.run_id,
    t.tool_use_id,
    t.tool,
    t.target,
    t.started_at,
    t.told_by,
    exists (
        select 1
        from signal as w
        where
            w.session_key = t.session_key and w.kind = 'permission_asked' and w.at >= t.started_at
            and w.tool is t.tool and w.text is t.target
    ) as was_asked
from together as t
join live as l using (session_key)
join run as r using (run_key)
where
    not exists (
        select 1
        from tool_call as c
        where
            c.session_key = t.session_key and c.tool_use_id = t.tool_use_id
            and (c.ended_at is not null or c.outcome is not null)
    )
    and not exists (
        select 1
        from signal as e
        where
            e.session_key = t.session_key and e.at >= t.started_at
            and (
                (e.kind in ('tool_ended', 'tool_failed', 'permission_denied') and e.tool_use_id = t.tool_use_id)
                -- who was interrupted hears of no end
                or (
                    e.kind in ('turn_ended', 'turn_failed', 'prompt', 'session_ended', 'session_started', 'run_ended')
                    and e.run_key = t.run_key
                )
            )
    );
