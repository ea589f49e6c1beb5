-- Which sessions are alive, what does each do, and which of them wait for a person?
-- One row for each session; ask with `where last_at >= …` or `where state <> 'ended'`. A state comes from the agent's own
-- list of its programs where it keeps one, from the last moment that its hooks told of, and from turns without an end.
create view fleet as
with
    -- A program that says nothing of a session any more is in another one.
    running as (
        select p.account_id, p.session_id, max(p.process_key) as process_key
        from process as p
        where p.ended_at is null
        group by p.account_id, p.session_id
    ),
    told as (
        select
            s.session_key,
            s.account_id,
            s.session_id,
            s.first_at,
            s.last_at,
            s.cwd,
            p.process_key,
            p.pid,
            p.kind as process_kind,
            p.entrypoint,
            p.status,
            p.status_at,
            p.waiting_for,
            g.kind as moment,
            g.at as moment_at,
            coalesce(g.tool || coalesce(' ' || g.text, ''), g.text) as moment_text,
            t.turn_id,
            t.started_at as turn_at,
            t.ended_at as turn_ended_at,
            t.state as turn_state,
            exists (
                select 1
                from process as e
                where e.account_id = s.account_id and e.session_id = s.session_id and e.ended_at is not null
            ) as has_ended
        from session as s
        left join running as n on n.account_id = s.account_id and n.session_id = s.session_id
        left join process as p on p.process_key = n.process_key
        left join signal as g on g.signal_id = (
            select l.signal_id
            from signal as l
            where l.session_key = s.session_key and l.kind not in ('notice', 'text', 'run_idle')
            order by l.at desc, l.signal_id desc
            limit 1
        )
        left join turn as t on t.session_key = s.session_key and t.turn_id = (
            select l.turn_id
            from turn as l
            where l.session_key = s.session_key and l.is_copy = 0
            order by l.started_at desc, l.turn_id desc
            limit 1
        )
    ),
    judged as (
        select
            o.*,
            case
                -- asked, and nothing that would have answered it was told since
                when o.moment in ('permission_asked', 'question_asked') and coalesce(o.status, 'waiting') <> 'idle'
                    then 'waiting'
                when o.status = 'waiting' then 'waiting'
                when o.status = 'busy' then 'working'
                when o.status in ('idle', 'shell') and o.moment = 'turn_failed' then 'failed'
                when o.status in ('idle', 'shell') and o.moment = 'session_started' then 'idle'
                when o.status in ('idle', 'shell') then 'your_turn'
                when o.has_ended and o.process_key is null then 'ended'
                when o.moment = 'session_ended' then 'ended'
                when o.moment = 'turn_failed' then 'failed'
                when o.moment = 'turn_ended' then 'your_turn'
                when o.moment = 'session_started' then 'idle'
                when o.moment is not null then 'working'
                when o.turn_id is not null and o.turn_ended_at is null and coalesce(o.turn_state, 'open') = 'open'
                    then 'working'
                when o.process_key is not null then 'working'  -- without a face, and so without a status: it works, or ends
                when o.turn_id is not null then 'your_turn'
                else 'ended'
            end as state
        from told as o
    )
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(f.project, j.cwd) as project,
    j.session_id,
    j.state,
    case
        when j.state = 'waiting' and j.moment in ('permission_asked', 'question_asked') then j.moment_at
        when j.status is not null then j.status_at
        when j.moment is not null then j.moment_at
        when j.state = 'working' then coalesce(j.turn_at, j.last_at)
        else coalesce(j.turn_ended_at, j.last_at)
    end as since,
    case
        when j.state = 'waiting' then coalesce(
            iif(j.moment in ('permission_asked', 'question_asked'), j.moment_text, null), j.waiting_for
        )
        when j.state = 'working' and j.moment in ('tool_started', 'compaction_began') then j.moment_text
    end as what,
    j.pid,
    coalesce(j.process_kind, '') as process_kind,
    j.entrypoint,
    j.status,
    j.moment,
    j.moment_at,
    j.first_at,
    max(coalesce(j.last_at, ''), coalesce(j.moment_at, ''), coalesce(j.status_at, '')) as last_at
from judged as j
join account as a on a.account_id = j.account_id
join device as d on d.device_id = a.device_id
left join place as f on f.device_id = a.device_id and f.cwd = j.cwd;
