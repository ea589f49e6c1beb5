-- Which models had no price, and how many of their tokens are in no sum?
select model, sum(unpriced_tokens) as tokens
from usage_quarter_hours
where at >= :since and unpriced_tokens > 0
group by model
order by tokens desc, model;
