-- A sink may be told too that an alert is over.

-- wants_end: whether it is; is_end: whether it is that which waits, was sent or is dead, and not the beginning.
alter table alert_delivery add column wants_end integer not null default 0;
alter table alert_delivery add column is_end integer not null default 0;
