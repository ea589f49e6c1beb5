-- Which files are read, how far, and what is wrong with those that are not?
create view sources as
select
    a.agent,
    d.device,
    a.name as account,
    c.path,
    c.kind,
    c.state,
    c.reason,
    c.version,
    g.number as generation,
    c.size as size_bytes,
    g.cursor as cursor_bytes,
    t.records,
    t.rejected,
    t.mended,
    c.found_at,
    c.read_at
from source as c
join account as a using (account_id)
join device as d using (device_id)
join generation as g on g.generation_id = c.generation_id
join (
    select source_id, sum(records) as records, sum(rejected) as rejected, sum(mended) as mended
    from generation
    group by source_id
) as t on t.source_id = c.source_id;
