-- Of limits in money: what was spent when each was read last, and what may be?
select l.agent, l.device, l.account, l.limit_id, l.span, l.spent_usd, l.most_usd, max(l.seen_until) as seen_until
from limits as l
where l.spent_usd is not null
group by l.agent, l.device, l.account, l.limit_id, l.span
order by l.agent, l.device, l.account, l.limit_id, l.span;
