-- What was read off the meters of plan limits, until some :days before the last reading of each; all without :days.
with newest as (
    select l.agent, l.device, l.account, l.limit_id, l.span, max(l.seen_until) as last_at
    from limits as l
    group by l.agent, l.device, l.account, l.limit_id, l.span
)
select
    l.agent,
    l.device,
    l.account,
    l.limit_id,
    l.span,
    l.at,
    l.seen_until,
    l.used_percent,
    l.resets_at,
    l.window_minutes,
    l.source,
    l.plan
from limits as l
join newest as n using (agent, device, account, limit_id, span)
where (:days is null or julianday(l.seen_until) >= julianday(n.last_at) - :days)
    and (:since is null or l.seen_until >= :since)
    and (:until is null or l.at < :until)
    and (:accounts is null or l.account in (select value from json_each(:accounts)))
    and (:agents is null or l.agent in (select value from json_each(:agents)))
order by l.agent, l.account, l.device, l.limit_id, l.window_minutes, l.span, l.at, l.used_percent;
