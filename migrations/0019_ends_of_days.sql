-- Between which quarter hours of a date anything was used at all: where a part of it holds nothing, no sum is looked for.
alter table usage_day add column first_quarter text not null default '';
alter table usage_day add column last_quarter text not null default '~';
insert into usage_day_to_sum (day) select distinct day from usage_day where true on conflict do nothing;
