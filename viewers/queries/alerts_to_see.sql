-- Which alerts are open, with their ids, the newest first?
select t.alert_id, t.rule, t.text, t.detail, t.session_id, t.first_at, t.subject
from alerts as t
where t.ended_at is null and t.acked_at is null
order by t.first_at desc, t.alert_id desc
limit :most;
