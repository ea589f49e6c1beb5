-- How full is each plan limit by the newest reading of it?
select agent, account, limit_id, span, used_percent, window_minutes, resets_at, plan, max(seen_until) as seen_until
from limits
where seen_until >= :since
group by agent, account, limit_id, span
order by agent, account, window_minutes, limit_id, span;
