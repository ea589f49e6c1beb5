-- What status lines tell, again and again: each level once, with the first and the last time that it was read.

-- How much of an account's plan was used, as somebody other than the agent's files said: source is who.
create table limit_level (
    account_id integer not null references account,
    source text not null,
    limit_id text not null,
    span text not null,
    resets_at text not null,
    used_percent real not null,
    window_minutes integer,
    plan text,
    first_at text not null,
    last_at text not null,
    primary key (account_id, source, limit_id, span, resets_at, used_percent)
) strict, without rowid;

-- How full the context of a session's main run was, and what its program says that it cost so far.
create table status_reading (
    session_key integer not null references session,
    used_tokens integer not null,
    window_tokens integer not null,
    reported_usd_micros integer not null,
    model text,
    first_at text not null,
    last_at text not null,
    primary key (session_key, used_tokens, window_tokens, reported_usd_micros)
) strict, without rowid;
