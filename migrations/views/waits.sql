-- When did an agent wait for a person (a permission, an answer), and for how long?
-- What was asked has no id of its call: it is that of the last call of the same tool on the same target. Of an allowed
-- call only its end is told, so the answer came as long before that as the call took.
create view waits as
with
    asked as (
        select
            g.*,
            (
                select t.tool_use_id
                from signal as t
                where
                    t.session_key = g.session_key and t.run_key = g.run_key and t.at <= g.at
                    and t.kind = 'tool_started' and t.tool is g.tool and t.text is g.text
                order by t.at desc, t.signal_id desc
                limit 1
            ) as call_id
        from signal as g
        where g.kind in ('permission_asked', 'question_asked')
    ),
    answered as (
        select
            a.*,
            (
                select e.signal_id
                from signal as e
                where
                    e.session_key = a.session_key and e.run_key = a.run_key and e.at >= a.at
                    and (
                        e.kind in ('turn_ended', 'turn_failed', 'prompt', 'session_ended', 'session_started')
                        or (a.kind = 'question_asked' and e.kind = 'question_answered')
                        or (
                            a.kind = 'permission_asked'
                            and e.kind in ('tool_ended', 'tool_failed', 'permission_denied')
                            and iif(a.call_id is null, e.tool is a.tool, e.tool_use_id = a.call_id)
                        )
                    )
                order by e.at, e.signal_id
                limit 1
            ) as end_id
        from asked as a
    ),
    timed as (
        select
            w.*,
            e.kind as end_kind,
            iif(
                e.kind in ('tool_ended', 'tool_failed') and e.duration_ms is not null,
                max(w.at, strftime('%Y-%m-%dT%H:%M:%fZ', julianday(e.at) - e.duration_ms / 86400000.0)),
                e.at
            ) as answered_at
        from answered as w
        left join signal as e on e.signal_id = w.end_id
    )
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, s.cwd) as project,
    s.session_id,
    r.run_id,
    iif(t.kind = 'question_asked', 'question', 'permission') as kind,
    coalesce(t.tool_use_id, t.call_id) as tool_use_id,
    t.tool,
    t.text as what,
    t.at as asked_at,
    t.answered_at,
    cast(round((julianday(t.answered_at) - julianday(t.at)) * 86400000) as integer) as waited_ms,
    case t.end_kind
        when 'tool_ended' then 'allowed'
        when 'tool_failed' then 'allowed'
        when 'permission_denied' then 'denied'
        when 'question_answered' then 'answered'
        when 'turn_ended' then 'turned down'
        when 'turn_failed' then 'turned down'
        when 'prompt' then 'turned down'
        when 'session_ended' then 'given up'
        when 'session_started' then 'given up'
        else 'open'
    end as outcome
from timed as t
join run as r using (run_key)
join session as s on s.session_key = t.session_key
join account as a using (account_id)
join device as d using (device_id)
left join place as f on f.device_id = a.device_id and f.cwd = s.cwd;
