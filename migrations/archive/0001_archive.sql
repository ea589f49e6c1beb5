-- The archive: the bytes that were read, in blocks that each stand for themselves.

-- The bytes of a block, kept once however many files hold them. digest is the SHA-256 of the plain bytes.
create table content (
    content_id integer primary key,
    digest blob not null unique,
    length integer not null,
    packed blob not null
) strict;

-- What is kept of one generation of a source, or of a file beside one that no source reads. It says enough of itself to
-- be recorded anew where the database is lost. form: 'lines' grow at their end, as do 'rows', which were made of an
-- agent's database; a 'whole' file is replaced by its next version, as is one that is 'frozen' (compressed by its agent:
-- it is kept as it lies there).
-- covers: how far into the generation's own bytes the kept ones reach. chain: the SHA-256 of the digests of its blocks.
create table file (
    file_id integer primary key,
    generation_id integer unique,
    source_id integer,
    number integer not null,
    agent text not null,
    root text not null,
    raw_path blob not null,
    kind text not null,
    form text not null,
    length integer not null default 0,
    covers integer not null default 0,
    chain blob not null,
    mode integer,
    mtime_ns integer,
    is_dropped integer not null default 0,
    kept_at text not null
) strict;

create index file_source on file (source_id);
create index file_path on file (raw_path);

create table block (
    file_id integer not null references file,
    first_byte integer not null,
    length integer not null,
    content_id integer not null references content,
    primary key (file_id, first_byte)
) strict, without rowid;

create index block_content on block (content_id);
