-- Which models were seen, under which tier, what did all their answers cost, and how many have no price?
select
    model,
    tier,
    sum(responses) as responses,
    sum(usd) as usd,
    sum(unpriced_responses) as unpriced_responses,
    sum(unpriced_tokens) as unpriced_tokens
from usage_quarter_hours
group by model, tier
order by sum(unpriced_responses) > 0 desc, sum(unpriced_tokens) desc, sum(usd) desc, model, tier;
