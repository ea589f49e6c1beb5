-- Alerts: what somebody should know at once, once for each cause; and who was told of it.

-- subject is what the rule found it on: a session, a limit, a budget. level is the worst that was seen.
create table alert (
    alert_id integer primary key,
    rule text not null,
    subject text not null,
    agent text,
    account text,
    project text,
    session_id text,
    level real not null,
    text text not null,
    detail text,
    first_at text not null,
    last_at text not null,
    acked_at text,
    ended_at text
) strict;

create unique index alert_standing on alert (rule, subject) where ended_at is null;
create index alert_first on alert (first_at);

-- One row for each sink: it waits, was sent, or is dead.
create table alert_delivery (
    alert_id integer not null references alert,
    sink text not null,
    state text not null,
    tries integer not null default 0,
    next_at text not null,
    error text,
    primary key (alert_id, sink)
) strict, without rowid;

create index alert_delivery_waits on alert_delivery (sink, next_at) where state = 'waiting';

-- What was told of lately, by whatever session.
create index signal_at on signal (at);
