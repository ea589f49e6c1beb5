-- Which files are read and how far; those with a problem first, then the newest?
select
    agent,
    account,
    kind,
    state,
    reason,
    generation,
    size_bytes,
    cursor_bytes,
    records,
    rejected,
    found_at,
    read_at,
    path,
    state not in ('read', 'gone', 'unreachable') or rejected > 0 as is_problem
from sources
order by is_problem desc, coalesce(read_at, found_at) desc, path;
