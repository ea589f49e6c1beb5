-- How much did the processes of the session :id of :agent use at most?
select
    max(p.peak_tree_memory_bytes) as memory,
    max(p.peak_cpu_percent) as cpu_percent
from session_peaks as p
where
    p.session_id = :id
    and p.agent = :agent
having count(*) > 0;
