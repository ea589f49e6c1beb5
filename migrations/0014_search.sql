-- What was said and called, word by word, to be found again: an index without contents of its own, for the texts stand
-- in the facts. It follows them a step behind (store/words.py): rows up to search_cursor are in it, and the triggers
-- keep it true of those when they change or go.
-- A rowid is the key of the fact times four, and which fact it is: 1 prompt, 2 message, 3 tool_call.
create virtual table search using fts5 (words, content = '', tokenize = 'unicode61 remove_diacritics 2');

create table search_cursor (
    fact text primary key,
    upto integer not null
) strict, without rowid;

insert into search_cursor values ('prompt', 0), ('message', 0), ('tool_call', 0);

-- A key that was the last one is given out again: then the cursor must stand before it.
create trigger prompt_unsearched after delete on prompt
when old.prompt_key <= (select upto from search_cursor where fact = 'prompt')
begin
    insert into search (search, rowid, words)
    select 'delete', old.prompt_key * 4 + 1, old.text
    where old.kind <> 'injected';
    update search_cursor
    set upto = min(upto, coalesce((select max(prompt_key) from prompt), 0))
    where fact = 'prompt';
end;

create trigger prompt_searched_anew after update of text, kind on prompt
when (old.text <> new.text or old.kind <> new.kind)
    and old.prompt_key <= (select upto from search_cursor where fact = 'prompt')
begin
    insert into search (search, rowid, words)
    select 'delete', old.prompt_key * 4 + 1, old.text
    where old.kind <> 'injected';
    insert into search (rowid, words)
    select new.prompt_key * 4 + 1, new.text
    where new.kind <> 'injected';
end;

create trigger message_unsearched after delete on message
when old.message_key <= (select upto from search_cursor where fact = 'message')
begin
    insert into search (search, rowid, words)
    select 'delete', old.message_key * 4 + 2, old.text
    where old.text is not null;
    update search_cursor
    set upto = min(upto, coalesce((select max(message_key) from message), 0))
    where fact = 'message';
end;

create trigger message_searched_anew after update of text on message
when old.text is not new.text and old.message_key <= (select upto from search_cursor where fact = 'message')
begin
    insert into search (search, rowid, words)
    select 'delete', old.message_key * 4 + 2, old.text
    where old.text is not null;
    insert into search (rowid, words)
    select new.message_key * 4 + 2, new.text
    where new.text is not null;
end;

create trigger tool_call_unsearched after delete on tool_call
when old.tool_call_key <= (select upto from search_cursor where fact = 'tool_call')
begin
    insert into search (search, rowid, words)
    values ('delete', old.tool_call_key * 4 + 3, coalesce(old.name, '') || ' ' || coalesce(old.target, ''));
    update search_cursor
    set upto = min(upto, coalesce((select max(tool_call_key) from tool_call), 0))
    where fact = 'tool_call';
end;

create trigger tool_call_searched_anew after update of name, target on tool_call
when (old.name is not new.name or old.target is not new.target)
    and old.tool_call_key <= (select upto from search_cursor where fact = 'tool_call')
begin
    insert into search (search, rowid, words)
    values ('delete', old.tool_call_key * 4 + 3, coalesce(old.name, '') || ' ' || coalesce(old.target, ''));
    insert into search (rowid, words)
    values (new.tool_call_key * 4 + 3, coalesce(new.name, '') || ' ' || coalesce(new.target, ''));
end;
