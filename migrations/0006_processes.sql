-- The programs that run, as their agents keep a list of them: which session each is in, and what it waits for.

create table process (
    process_key integer primary key,
    account_id integer not null references account,
    pid integer not null,
    born text not null,
    session_id text not null,
    started_at text,
    version text,
    kind text,
    entrypoint text,
    name text,
    cwd text,
    status text,
    waiting_for text,
    status_at text not null,
    updated_at text not null,
    ended_at text,
    unique (account_id, pid, born)
) strict;

create index process_session_id on process (session_id);
create index process_running on process (pid) where ended_at is null;

-- One program may be in several sessions, one after the other.
create table process_session (
    process_key integer not null references process,
    session_id text not null,
    first_at text not null,
    last_at text not null,
    primary key (process_key, session_id)
) strict, without rowid;
