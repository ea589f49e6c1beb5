-- Who was told of an alert, who is yet to be told, and who could not be told, and why?
create view alert_deliveries as
select
    y.alert_id,
    y.sink,
    y.state,
    y.tries,
    iif(y.state = 'waiting', y.next_at, null) as next_at,
    y.error,
    y.is_end
from alert_delivery as y;
