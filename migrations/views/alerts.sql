-- What should somebody know, what of it goes on, and who was told?
create view alerts as
select
    t.agent,
    t.account,
    t.project,
    t.session_id,
    t.alert_id,
    t.rule,
    t.subject,
    t.level,
    t.text,
    t.detail,
    iif(t.ended_at is not null, 'ended', iif(t.acked_at is not null, 'acked', 'open')) as state,
    t.first_at,
    t.last_at,
    t.acked_at,
    t.ended_at,
    (select count(*) from alert_delivery as y where y.alert_id = t.alert_id and y.state = 'sent') as sent,
    (select count(*) from alert_delivery as y where y.alert_id = t.alert_id and y.state = 'waiting') as unsent,
    (select count(*) from alert_delivery as y where y.alert_id = t.alert_id and y.state = 'dead') as undelivered
from alert as t;
