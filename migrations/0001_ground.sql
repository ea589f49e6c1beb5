-- The ground floor: what was read, and what it says.
-- Keys named *_key or *_id of type integer are ours and never leave the database; texts are the agents' own.

create table device (
    device_id integer primary key,
    device text not null unique,
    name text not null
) strict;

create table account (
    account_id integer primary key,
    device_id integer not null references device,
    agent text not null,
    root text not null,
    name text not null,
    unique (device_id, agent, root)
) strict;

-- A folder that sessions were started in. Its project is re-folded whenever a new place or branch is seen.
create table place (
    place_id integer primary key,
    device_id integer not null references device,
    cwd text not null,
    worktree_of text,
    project text not null,
    unique (device_id, cwd)
) strict;

create table place_branch (
    place_id integer not null references place,
    branch text not null,
    primary key (place_id, branch)
) strict, without rowid;

-- What the user calls a project: a folder, or its last name → the name it is shown under.
create table alias (
    project text primary key,
    name text not null
) strict, without rowid;

-- One file being read. A path that is no regular file is a source too: it is skipped, and says why.
create table source (
    source_id integer primary key,
    account_id integer not null references account,
    raw_path blob not null unique,
    path text not null,
    kind text not null,
    state text not null,
    reason text,
    device_number integer,
    inode integer,
    size integer not null default 0,
    mtime_ns integer,
    ctime_ns integer,
    generation_id integer,
    version text,
    found_at text not null,
    read_at text
) strict;

create index source_inode on source (inode, device_number);

-- A source begins a new generation when its bytes are no longer those that were read. Old rows stay, superseded.
create table generation (
    generation_id integer primary key,
    source_id integer not null references source,
    number integer not null,
    is_superseded integer not null default 0,
    cursor integer not null default 0,
    head blob not null default x'',
    tail blob not null default x'',
    open_line text,
    carried blob not null default x'',
    records integer not null default 0,
    rejected integer not null default 0,
    mended integer not null default 0,
    own_at text,
    ends_at text,
    unique (source_id, number)
) strict;

-- head is the byte offset of the record that began the thread this one belongs to (a prompt, a side chain's root).
create table record (
    generation_id integer not null,
    byte_offset integer not null,
    length integer not null,
    kind text not null,
    at text,
    uuid text,
    head integer,
    primary key (generation_id, byte_offset)
) strict, without rowid;

create table reject (
    generation_id integer not null,
    byte_offset integer not null,
    length integer not null,
    reason text not null,
    digest blob not null,
    excerpt blob not null,
    primary key (generation_id, byte_offset)
) strict, without rowid;

create table session (
    session_key integer primary key,
    account_id integer not null references account,
    session_id text not null,
    first_at text,
    last_at text,
    cwd text,
    cwd_at text,
    forked_from text,
    copied_from text,
    is_rewound integer not null default 0,
    unique (session_id, account_id)
) strict;

-- The files that tell of a session.
create table session_file (
    session_key integer not null,
    generation_id integer not null,
    primary key (session_key, generation_id)
) strict, without rowid;

-- Facts of a session that are said again and again: the last one wins.
create table session_word (
    session_key integer not null,
    name text not null,
    value text not null,
    at text not null,
    byte_offset integer not null,
    primary key (session_key, name)
) strict, without rowid;

create table run (
    run_key integer primary key,
    session_key integer not null references session,
    run_id text not null,
    kind text not null,
    first_at text,
    last_at text,
    agent_type text,
    tool_use_id text,
    workflow_id text,
    state text,
    unique (session_key, run_id)
) strict;

-- What the file beside a run's own says of it; its last version replaces the one before.
create table run_card (
    session_key integer not null,
    run_id text not null,
    agent_type text,
    name text,
    description text,
    tool_use_id text,
    depth integer,
    workflow_id text,
    primary key (session_key, run_id)
) strict, without rowid;

-- The facts below are kept once for each session that holds them. A fork copies history: of the copies of one
-- fact all but the senior session's carry is_copy = 1, and only the senior one is counted.
create table prompt (
    prompt_key integer primary key,
    prompt_id text not null,
    session_key integer not null references session,
    run_key integer not null references run,
    at text,
    kind text not null,
    text text not null,
    chars integer not null,
    images integer not null,
    previous text,
    is_abandoned integer not null default 0,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    byte_offset integer not null,
    unique (prompt_id, session_key)
) strict;

create index prompt_session on prompt (session_key, at);

create table message (
    message_key integer primary key,
    uuid text not null,
    block integer not null,
    session_key integer not null references session,
    run_key integer not null references run,
    at text,
    kind text not null,
    text text,
    chars integer not null,
    message_id text,
    status integer,
    duration_ms integer,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    unique (uuid, block, session_key)
) strict;

create index message_session on message (session_key, at);

-- evidence: 'transcript', or 'progress' for an answer that only a progress record of another run holds.
create table response (
    response_key integer primary key,
    message_id text not null,
    request_id text not null,
    agent text not null,
    part integer not null,
    session_key integer not null references session,
    run_key integer not null references run,
    run_kind text not null,
    prompt_id text,
    branch text,
    at text,
    quarter text not null generated always as (
        case
            when at is null then ''
            else substr(at, 1, 14) || substr('00153045', 1 + cast(substr(at, 15, 2) as integer) / 15 * 2, 2)
        end
    ) virtual,
    ended_at text,
    model text not null,
    tier text not null,
    input_tokens integer not null,
    cache_read_tokens integer not null,
    cache_write_5m_tokens integer not null,
    cache_write_1h_tokens integer not null,
    output_tokens integer not null,
    reasoning_tokens integer not null,
    web_searches integer not null,
    reported_usd_micros integer,
    stop_reason text,
    evidence text not null,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    byte_offset integer not null,
    best_at text not null,
    best_generation_id integer not null,
    best_byte_offset integer not null,
    unique (message_id, request_id, agent, part, session_key)
) strict;

create index response_session on response (session_key, at);

create table tool_call (
    tool_call_key integer primary key,
    tool_use_id text not null,
    session_key integer not null references session,
    run_key integer not null references run,
    message_id text,
    name text,
    target text,
    started_at text,
    ended_at text,
    outcome text,
    duration_ms integer,
    result_bytes integer,
    background_id text,
    agent_run_id text,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    unique (tool_use_id, session_key)
) strict;

create index tool_call_session on tool_call (session_key, started_at);

create table touch (
    tool_use_id text not null,
    session_key integer not null,
    path text not null,
    action text not null,
    lines_added integer,
    lines_removed integer,
    primary key (tool_use_id, session_key, path)
) strict, without rowid;

create table compaction (
    uuid text not null,
    session_key integer not null,
    run_key integer not null,
    kind text not null,
    at text,
    reason text,
    tokens_before integer,
    tokens_after integer,
    duration_ms integer,
    summary_chars integer,
    is_branch integer not null,
    is_copy integer not null default 0,
    generation_id integer not null,
    primary key (uuid, session_key)
) strict, without rowid;

create table workflow (
    session_key integer not null,
    workflow_id text not null,
    tool_use_id text,
    name text,
    summary text,
    started_at text,
    primary key (session_key, workflow_id)
) strict, without rowid;

-- What a workflow's journal says of its agents while it runs.
create table workflow_agent (
    session_key integer not null,
    workflow_id text not null,
    run_id text not null,
    is_finished integer not null,
    primary key (session_key, workflow_id, run_id)
) strict, without rowid;

-- What the file that is written when a workflow ends says; its last version replaces the one before.
create table workflow_card (
    session_key integer not null,
    workflow_id text not null,
    name text,
    summary text,
    state text,
    started_at text,
    duration_ms integer,
    agents integer,
    tool_calls integer,
    phases text not null,
    result_bytes integer not null,
    primary key (session_key, workflow_id)
) strict, without rowid;

create table workflow_step (
    session_key integer not null,
    workflow_id text not null,
    run_id text not null,
    label text,
    phase text,
    state text,
    primary key (session_key, workflow_id, run_id)
) strict, without rowid;

create table task (
    session_key integer not null,
    task_id text not null,
    subject text,
    status text,
    position integer,
    at text,
    byte_offset integer not null,
    primary key (session_key, task_id)
) strict, without rowid;

-- What an old transcript calls the conversation that ends at a record, which may lie in another file.
create table summary (
    leaf_uuid text primary key,
    text text not null,
    at text not null
) strict, without rowid;

-- Two sessions that hold copies of the same facts, so that a change of one can settle the other.
create table overlap (
    session_key integer not null,
    other_key integer not null,
    primary key (session_key, other_key)
) strict, without rowid;

-- The sums of what is counted. The triggers below keep them, so no writer can forget to.
create table usage_quarter_hour (
    quarter text not null,
    session_key integer not null,
    run_kind text not null,
    model text not null,
    tier text not null,
    parts integer not null,
    responses integer not null,
    lower_bounds integer not null,
    input_tokens integer not null,
    cache_read_tokens integer not null,
    cache_write_5m_tokens integer not null,
    cache_write_1h_tokens integer not null,
    output_tokens integer not null,
    reasoning_tokens integer not null,
    web_searches integer not null,
    primary key (quarter, session_key, run_kind, model, tier)
) strict, without rowid;

create trigger response_counted after insert on response
when new.is_copy = 0 and new.evidence <> 'progress'
begin
    insert into usage_quarter_hour values (
        new.quarter, new.session_key, new.run_kind, new.model, new.tier, 1, new.part = 0,
        new.part = 0 and new.stop_reason is null, new.input_tokens, new.cache_read_tokens,
        new.cache_write_5m_tokens, new.cache_write_1h_tokens, new.output_tokens, new.reasoning_tokens,
        new.web_searches
    )
    on conflict do update set
        parts = parts + 1,
        responses = responses + excluded.responses,
        lower_bounds = lower_bounds + excluded.lower_bounds,
        input_tokens = input_tokens + excluded.input_tokens,
        cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
        cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
        cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
        web_searches = web_searches + excluded.web_searches;
end;

create trigger response_uncounted after delete on response
when old.is_copy = 0 and old.evidence <> 'progress'
begin
    update usage_quarter_hour set
        parts = parts - 1,
        responses = responses - (old.part = 0),
        lower_bounds = lower_bounds - (old.part = 0 and old.stop_reason is null),
        input_tokens = input_tokens - old.input_tokens,
        cache_read_tokens = cache_read_tokens - old.cache_read_tokens,
        cache_write_5m_tokens = cache_write_5m_tokens - old.cache_write_5m_tokens,
        cache_write_1h_tokens = cache_write_1h_tokens - old.cache_write_1h_tokens,
        output_tokens = output_tokens - old.output_tokens,
        reasoning_tokens = reasoning_tokens - old.reasoning_tokens,
        web_searches = web_searches - old.web_searches
    where quarter = old.quarter and session_key = old.session_key and run_kind = old.run_kind
        and model = old.model and tier = old.tier;
    delete from usage_quarter_hour
    where quarter = old.quarter and session_key = old.session_key and run_kind = old.run_kind
        and model = old.model and tier = old.tier and parts = 0;
end;

create trigger response_is_replaced before update on response
begin
    select raise(abort, 'a response is replaced, never updated: its sums would be wrong');
end;
