-- What agents' programs tell while they run (hooks): one row for each moment, however often it was sent.

create table signal (
    signal_id blob primary key,
    session_key integer not null references session,
    run_key integer not null references run,
    at text not null,
    kind text not null,
    name text not null,
    prompt_id text,
    tool_use_id text,
    tool text,
    text text,
    duration_ms integer
) strict, without rowid;

create index signal_session on signal (session_key, at);
