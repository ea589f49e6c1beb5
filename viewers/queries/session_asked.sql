-- What did people ask in this session, the newest first?
select prompt_id, at, kind, text
from prompts
where session_id = :session_id and account = :account and agent = :agent and run_id = 'main'
    and kind in ('prompt', 'command')
order by at desc, prompt_id
limit 200;
