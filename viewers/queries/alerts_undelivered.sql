-- Who could not be told of what, and why?
select y.alert_id, y.sink, y.tries, y.error
from alert_deliveries as y
where y.state = 'dead'
order by y.alert_id desc, y.sink
limit :limit;
