-- What control did and why, which processes are pinned, and what processes used. Times are ISO-8601, UTC.

-- Before anything is done it is written here: who, from where, what, to which process. The key is that of the request:
-- what is asked for twice is done once.
create table act (
    act_id integer primary key,
    key text not null unique,
    at text not null,
    who text not null,
    origin text not null,
    what text not null,
    pid integer not null,
    born text not null,
    agent text not null,
    session_id text,
    exe text
) strict;

-- What was done then, step by step, and what came of it.
create table act_step (
    act_step_id integer primary key,
    act_id integer not null references act,
    at text not null,
    pid integer not null,
    step text not null,
    outcome text not null
) strict;

create index act_step_act on act_step (act_id);

create trigger act_is_not_changed before update on act begin
    select raise(abort, 'what was done is never rewritten');
end;
create trigger act_is_not_deleted before delete on act begin
    select raise(abort, 'what was done is never rewritten');
end;
create trigger act_step_is_not_changed before update on act_step begin
    select raise(abort, 'what was done is never rewritten');
end;
create trigger act_step_is_not_deleted before delete on act_step begin
    select raise(abort, 'what was done is never rewritten');
end;

-- A pin is of one process, told by its birth: a later one of the same pid does not inherit it.
create table pin (
    pid integer not null,
    born text not null,
    at text not null,
    primary key (pid, born)
) strict, without rowid;

-- A process of an agent as it was last seen.
create table watched (
    watched_id integer primary key,
    pid integer not null,
    born text not null,
    agent text not null,
    role text not null,
    account text,
    project text,
    session_id text,
    state text not null,
    reason text not null,
    since text not null,
    seen_at text not null,
    unique (pid, born)
) strict;

create index watched_seen on watched (seen_at);

-- What it held and had used then, for the last minutes only; at_s counts seconds of the Unix clock.
create table sample (
    watched_id integer not null,
    at_s real not null,
    cpu_s real,
    tree_cpu_s real,
    memory integer,
    tree_memory integer,
    primary key (watched_id, at_s)
) strict, without rowid;

-- The most of every hour, by the session that it was in; "" where that is not known.
create table peak (
    watched_id integer not null,
    session_id text not null,
    hour text not null,
    samples integer not null,
    memory integer,
    tree_memory integer,
    cpu_percent real,
    primary key (watched_id, session_id, hour)
) strict, without rowid;

create index peak_session on peak (session_id);
create index peak_hour on peak (hour);
