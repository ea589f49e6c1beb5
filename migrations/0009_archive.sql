-- What the archive needs of the database.

-- Lines that were made of an agent's database rows, packed: they cannot be read a second time, so they wait here until
-- the archive has them.
create table row_line (
    generation_id integer not null,
    byte_offset integer not null,
    length integer not null,
    packed blob not null,
    primary key (generation_id, byte_offset)
) strict, without rowid;

-- The version of the source that made the facts of a generation.
alter table generation add column made_by integer not null default 1;
