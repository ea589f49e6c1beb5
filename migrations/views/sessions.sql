-- Which conversations were there, when, where, and what did each use?
create view sessions as
with
    word as (
        select
            session_key,
            max(value) filter (where name = 'custom_title') as custom_title,
            max(value) filter (where name = 'ai_title') as ai_title,
            max(value) filter (where name = 'agent_name') as agent_name,
            max(value) filter (where name = 'last_prompt') as last_prompt,
            max(value) filter (where name = 'mode') as mode,
            max(value) filter (where name = 'permission_mode') as permission_mode,
            max(value) filter (where name = 'branch') as branch,
            max(value) filter (where name = 'version') as version,
            max(value) filter (where name = 'entrypoint') as entrypoint,
            max(value) filter (where name = 'model') as model,
            max(value) filter (where name = 'pr_url') as pr_url
        from session_word
        group by session_key
    ),
    summarized as (
        select m.session_key, max(s.text) as text
        from summary as s
        join message as m on m.uuid = s.leaf_uuid
        group by m.session_key
    ),
    used as (
        select
            session_key,
            sum(responses) as responses,
            sum(input_tokens) as input_tokens,
            sum(cache_read_tokens) as cache_read_tokens,
            sum(cache_write_5m_tokens) as cache_write_5m_tokens,
            sum(cache_write_1h_tokens) as cache_write_1h_tokens,
            sum(output_tokens) as output_tokens,
            sum(lower_bounds) as lower_bounds
        from usage_quarter_hour
        group by session_key
    )
select
    a.agent,
    d.device,
    a.name as account,
    coalesce(p.project, s.cwd) as project,
    s.session_id,
    nullif(coalesce(s.forked_from, s.copied_from), s.session_id) as forked_from,
    coalesce(w.custom_title, w.agent_name, w.ai_title, z.text) as title,
    s.first_at,
    s.last_at,
    s.cwd,
    w.branch,
    w.version,
    w.entrypoint,
    w.model,
    w.mode,
    w.permission_mode,
    w.last_prompt,
    w.pr_url,
    coalesce(u.responses, 0) as responses,
    coalesce(u.lower_bounds, 0) as lower_bounds,
    coalesce(u.input_tokens, 0) as input_tokens,
    coalesce(u.cache_read_tokens, 0) as cache_read_tokens,
    coalesce(u.cache_write_5m_tokens, 0) as cache_write_5m_tokens,
    coalesce(u.cache_write_1h_tokens, 0) as cache_write_1h_tokens,
    coalesce(u.output_tokens, 0) as output_tokens
from session as s
join account as a using (account_id)
join device as d using (device_id)
left join place as p on p.device_id = a.device_id and p.cwd = s.cwd
left join word as w using (session_key)
left join summarized as z using (session_key)
left join used as u using (session_key);
