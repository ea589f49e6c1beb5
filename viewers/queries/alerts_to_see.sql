-- Which alerts are open, with their ids, the newest first? Of a milder one nothing is said while a louder one goes on
-- about the same, acknowledged or not; :louder names the louder rule of each.
select t.alert_id, t.rule, t.text, t.detail, t.session_id, t.first_at, t.subject
from alerts as t
where t.ended_at is null and t.acked_at is null
    and not exists (
        select 1
        from json_each(:louder) as p
        join alerts as o on o.rule = p.value and o.subject = t.subject and o.ended_at is null
        where p.key = t.rule
    )
order by t.first_at desc, t.alert_id desc
limit :most;
