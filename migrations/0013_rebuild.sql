-- Facts that are made anew from the lines they came from.

-- The version of a source that could not make the facts of a generation anew: bytes of its family are missing.
alter table generation add column left_by integer not null default 0;

-- What was deleted at the user's word: no line of it that is still there makes facts again.
create table pruned_session (
    account_id integer not null references account,
    session_id text not null,
    primary key (account_id, session_id)
) strict, without rowid;
