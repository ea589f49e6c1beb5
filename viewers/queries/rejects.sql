-- Which lines were refused, those of the files read last first? A :limit below zero gives all.
select
    r.agent,
    r.account,
    r.path,
    r.generation,
    r.is_superseded,
    r.byte_offset,
    r.length,
    r.reason,
    substr(r.excerpt, 1, 200) as excerpt
from rejects as r
join sources as s using (agent, device, account, path)
order by s.read_at desc, r.path, r.generation desc, r.byte_offset
limit :limit;
