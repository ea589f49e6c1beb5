-- Which conversations were there, when, where, and what did each use?
-- A question about one session finds all of it by index. `counted` groups by the id too, for SQLite hands down to it
-- only what is asked of a grouped column; and it reads the sums of those quarter hours alone that hold an answer of the
-- session, told by the index on its answers (in the words of response.quarter, which itself is in no index).
create view sessions as
with
    counted as (
        select
            s.session_key,
            s.account_id,
            s.session_id,
            nullif(coalesce(s.forked_from, s.copied_from), s.session_id) as forked_from,
            s.parent_id,
            s.first_at,
            s.last_at,
            s.cwd,
            (
                select json_group_object(w.name, w.value) from session_word as w where w.session_key = s.session_key
            ) as words,
            sum(u.responses) as responses,
            sum(u.lower_bounds) as lower_bounds,
            sum(u.input_tokens) as input_tokens,
            sum(u.cache_read_tokens) as cache_read_tokens,
            sum(u.cache_write_5m_tokens) as cache_write_5m_tokens,
            sum(u.cache_write_1h_tokens) as cache_write_1h_tokens,
            sum(u.output_tokens) as output_tokens,
            sum(u.parts) as parts,
            sum(u.usd_nanos) as usd_nanos,
            sum(u.unpriced_responses) as unpriced_responses,
            sum(u.unpriced_tokens) as unpriced_tokens
        from session as s
        left join usage_quarter_hour as u
            on u.session_key = s.session_key
            and u.quarter in (
                select coalesce(
                    substr(r.at, 1, 14) || substr('00153045', 1 + cast(substr(r.at, 15, 2) as integer) / 15 * 2, 2), ''
                )
                from response as r
                where r.session_key = s.session_key
            )
        group by s.session_key, s.session_id
    ),
    -- Few summaries, many messages: cross join keeps SQLite from reading all of the latter.
    summarized as (
        select m.session_key, max(y.text) as text
        from summary as y
        cross join message as m on m.uuid = y.leaf_uuid
        group by m.session_key
    )
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(p.project, c.cwd) as project,
    c.session_id,
    c.forked_from,
    c.parent_id as parent_session_id,
    coalesce(
        c.words ->> '$.custom_title',
        c.words ->> '$.agent_name',
        c.words ->> '$.ai_title',
        z.text
    ) as title,
    c.words ->> '$.tag' as tag,
    c.first_at,
    c.last_at,
    c.cwd,
    c.words ->> '$.relocated_cwd' as relocated_cwd,
    c.words ->> '$.worktree' as worktree,
    c.words ->> '$.branch' as branch,
    c.words ->> '$.version' as version,
    c.words ->> '$.entrypoint' as entrypoint,
    c.words ->> '$.model' as model,
    c.words ->> '$.effort' as effort,
    c.words ->> '$.mode' as mode,
    c.words ->> '$.permission_mode' as permission_mode,
    c.words ->> '$.agent_setting' as agent_setting,
    c.words ->> '$.agent_color' as agent_color,
    c.words ->> '$.last_prompt' as last_prompt,
    (
        select iif(t.ended_at is null, t.started_at, null)
        from turn as t
        where t.session_key = c.session_key and t.is_copy = 0
        order by t.started_at desc
        limit 1
    ) as open_turn_at,
    c.words ->> '$.pr_url' as pr_url,
    coalesce(c.responses, 0) as responses,
    coalesce(c.lower_bounds, 0) as lower_bounds,
    coalesce(c.input_tokens, 0) as input_tokens,
    coalesce(c.cache_read_tokens, 0) as cache_read_tokens,
    coalesce(c.cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(c.cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    coalesce(c.output_tokens, 0) as output_tokens,
    iif(c.unpriced_responses = c.parts, null, coalesce(c.usd_nanos, 0) / 1e9) as usd,
    coalesce(c.unpriced_responses, 0) as unpriced_responses,
    coalesce(c.unpriced_tokens, 0) as unpriced_tokens
from counted as c
join account as a using (account_id)
join device as d using (device_id)
left join place as p on p.device_id = a.device_id and p.cwd = c.cwd
left join summarized as z on z.session_key = c.session_key;
