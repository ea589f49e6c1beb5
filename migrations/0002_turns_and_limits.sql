-- What more agents tell of themselves: turns that begin and end, readings of plan limits, who began a session.

alter table session add column parent_id text;

create index session_forked_from on session (forked_from) where forked_from is not null;
create index session_parent on session (parent_id) where parent_id is not null;

-- The work that one prompt sets off. One without an end still runs, or was killed.
create table turn (
    turn_id text not null,
    session_key integer not null references session,
    run_key integer not null references run,
    started_at text,
    ended_at text,
    state text,
    duration_ms integer,
    first_token_ms integer,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    primary key (turn_id, session_key)
) strict, without rowid;

create index turn_session on turn (session_key, started_at);

-- How much of an account's plan was used at some time, by limit and span of time.
create table limit_reading (
    account_id integer not null references account,
    limit_id text not null,
    span text not null,
    at text not null,
    used_percent real not null,
    window_minutes integer,
    resets_at text,
    plan text,
    primary key (account_id, limit_id, span, at)
) strict, without rowid;

-- response.evidence may also be 'event' (an answer told beside the sum so far) or 'growth' (answers that only the
-- growth of that sum holds), and, where turns have no names, 'total' and 'rest': they give way to a better word of the
-- same answer.
create index response_of_sums on response (session_key) where evidence in ('event', 'growth', 'total', 'rest');
