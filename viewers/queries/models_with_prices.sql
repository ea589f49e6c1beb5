-- Which models have more than one price, by day, tier, time of day or size of request?
select model
from prices
where not is_unpriced
group by model
having count(*) > 1
order by model;
