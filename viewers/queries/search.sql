-- Which prompts, replies and tool calls say these words, the best first? What is newer counts for more.
-- Of words that very much says, those first written and those last written are looked at: a table's ends are cheap.
-- Of tables, by keys that no view shows.
with hits as materialized (
    select hit, rank
    from (
        select f.rowid as hit, bm25(search) as rank
        from search as f
        where f.search match :words
        order by f.rowid desc
        limit :looked
    )
    union
    select hit, rank
    from (
        select f.rowid as hit, bm25(search) as rank
        from search as f
        where f.search match :words
        order by f.rowid
        limit :looked
    )
),
facts as materialized (
    select h.hit, h.rank, p.at, p.session_key, p.run_key, 'prompt' as kind, 'prompt ' || p.prompt_key as ref
    from hits as h
    cross join prompt as p on p.prompt_key = h.hit / 4
    where h.hit % 4 = 1 and p.is_copy = 0
    union all
    select
        h.hit, h.rank, m.at, m.session_key, m.run_key, iif(m.kind in ('error', 'retry'), 'error', 'reply'),
        'message ' || m.message_key
    from hits as h
    cross join message as m on m.message_key = h.hit / 4
    where h.hit % 4 = 2 and m.is_copy = 0
    union all
    select
        h.hit, h.rank, coalesce(c.started_at, c.ended_at), c.session_key, c.run_key,
        iif(c.outcome = 'error', 'error', 'tool'), 'tool ' || c.tool_call_key
    from hits as h
    cross join tool_call as c on c.tool_call_key = h.hit / 4
    where h.hit % 4 = 3 and c.is_copy = 0
),
best as materialized (
    select
        f.hit, f.at, f.session_key, f.run_key, f.kind, f.ref, s.session_id, a.agent, a.name as account,
        coalesce(p.project, s.cwd) as project,
        f.rank * (1 + 1 / (1 + max(0, coalesce(:today - julianday(f.at), 1000)) / 14)) as score,
        count(*) over () as found
    from facts as f
    cross join session as s on s.session_key = f.session_key
    cross join account as a on a.account_id = s.account_id
    left join place as p on p.device_id = a.device_id and p.cwd = s.cwd
    where (:since is null or f.at >= :since) and (:until is null or f.at < :until)
        and (:kinds is null or f.kind in (select value from json_each(:kinds)))
        and (:agent is null or a.agent = :agent)
        and (:projects is null or coalesce(p.project, s.cwd) in (select value from json_each(:projects)))
    order by score, f.at desc, f.ref
    limit :most
)
select
    b.session_key,
    b.session_id,
    b.agent,
    b.account,
    b.project,
    r.run_id,
    b.at,
    b.kind,
    coalesce(p.kind, m.kind, c.name, 'unknown') as what,
    coalesce(p.text, m.text, c.target, '') as text,
    coalesce(c.outcome, iif(c.tool_call_key is null, null, 'open')) as outcome,
    coalesce(p.prompt_id, m.uuid, c.tool_use_id) as id,
    coalesce(m.block, 0) as block,
    b.ref,
    b.score,
    b.found
from best as b
cross join run as r on r.run_key = b.run_key
left join prompt as p on b.hit % 4 = 1 and p.prompt_key = b.hit / 4
left join message as m on b.hit % 4 = 2 and m.message_key = b.hit / 4
left join tool_call as c on b.hit % 4 = 3 and c.tool_call_key = b.hit / 4
order by b.score, b.at desc, b.ref;
