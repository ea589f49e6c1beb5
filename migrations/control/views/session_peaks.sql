-- How much memory and processor did the processes of each session use at most?
create view session_peaks as
select
    p.session_id,
    w.agent,
    count(distinct p.watched_id) as processes,
    min(p.hour) as first_hour,
    max(p.hour) as last_hour,
    max(p.memory) as peak_memory_bytes,
    max(p.tree_memory) as peak_tree_memory_bytes,
    max(p.cpu_percent) as peak_cpu_percent
from peak as p
join watched as w using (watched_id)
where p.session_id <> ''
group by p.session_id, w.agent;
