-- Which alerts are there? What goes on first, then the newest.
select
    t.alert_id,
    t.rule,
    t.state,
    t.text,
    t.detail,
    t.level,
    t.agent,
    t.account,
    t.project,
    t.session_id,
    t.first_at,
    t.last_at,
    t.acked_at,
    t.ended_at,
    t.sent,
    t.unsent
from alerts as t
order by t.state = 'ended', t.state = 'acked', t.first_at desc, t.alert_id desc
limit :limit;
