-- Of a limit in money (extra usage), what is spent and what may be: nothing where nobody said.

alter table limit_level add column spent_usd_micros integer;
alter table limit_level add column most_usd_micros integer;
