-- What was deleted at the user's word stays deleted.

-- The last moment of a session when it was deleted: what its files tell of until then is not recorded again.
alter table pruned_session add column until text;

-- The files of which something was deleted: they are not archived any more, for they may still hold it.
create table pruned_source (
    source_id integer primary key
) strict;

insert into pruned_source (source_id)
select source_id from source where state = 'pruned'
union
select g.source_id
from record as r
join generation as g using (generation_id)
where r.byte_offset = 0 and r.kind = 'pruned';
