-- How many rows that could be found are not in the index of words yet, about?
-- Of tables, by keys that no view shows.
select sum(max(0, last - upto))
from (
    select
        upto,
        coalesce(
            case fact
                when 'prompt' then (select max(prompt_key) from prompt)
                when 'message' then (select max(message_key) from message)
                else (select max(tool_call_key) from tool_call)
            end,
            0
        ) as last
    from search_cursor
);
