-- Which alerts are open? The newest first.
select t.text
from alerts as t
where t.ended_at is null and t.acked_at is null
order by t.first_at desc, t.alert_id desc;
