-- When were the next moments of this session after an instant? As many as are shown after a place.
-- Of tables, by keys that no view shows.
select at
from (
    select at from (
        select at from prompt
        where session_key = :session and is_copy = 0 and kind <> 'injected' and at > :after order by at limit :most
    )
    union all
    select at from (
        select at from message where session_key = :session and is_copy = 0 and at > :after order by at limit :most
    )
    union all
    select at from (
        select started_at as at from tool_call
        where session_key = :session and is_copy = 0 and started_at > :after order by started_at limit :most
    )
)
order by at
limit :most;
