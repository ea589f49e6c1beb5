-- When was the context of the main run made smaller, and by how much?
select at, reason, tokens_before, tokens_after
from compactions
where session_id = :session_id and account = :account and agent = :agent and run_id = 'main' and kind = 'full'
order by at desc;
