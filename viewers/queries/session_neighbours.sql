-- Which session comes before this one, and which after it, by their last words?
-- Of tables, by keys that no view shows.
select
    (
        select b.session_key
        from session as b
        where (b.last_at, b.session_key) < (s.last_at, s.session_key)
        order by b.last_at desc, b.session_key desc
        limit 1
    ) as before_key,
    (
        select b.session_key
        from session as b
        where (b.last_at, b.session_key) > (s.last_at, s.session_key)
        order by b.last_at, b.session_key
        limit 1
    ) as after_key
from session as s
where s.session_key = :session;
