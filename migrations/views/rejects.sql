-- Which lines were refused, and why?
create view rejects as
select
    a.agent,
    d.device,
    a.name as account,
    c.path,
    g.number as generation,
    g.is_superseded,
    j.byte_offset,
    j.length,
    j.reason,
    lower(hex(j.digest)) as digest,
    j.excerpt
from reject as j
join generation as g using (generation_id)
join source as c using (source_id)
join account as a using (account_id)
join device as d using (device_id);
