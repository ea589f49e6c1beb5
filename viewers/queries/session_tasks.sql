-- What is on the todo list of this session?
select task_id, subject, status
from tasks
where session_id = :session_id and account = :account and agent = :agent
order by cast(task_id as integer), task_id
limit 100;
