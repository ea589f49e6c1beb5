-- What was asked in these sessions? Also what a fork copied, for its own answers may belong to it.
-- Of tables, by keys that no view shows.
select
    p.prompt_id,
    p.at,
    p.kind,
    p.text
from prompt as p
join run as n using (run_key)
where p.session_key in (select value from json_each(:sessions)) and p.kind <> 'injected' and n.kind = 'main'
order by p.at, p.prompt_key;
