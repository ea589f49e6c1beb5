-- Did any agent report what nobody can believe?
-- Of tables, by keys that no view shows.
select exists (select 1 from usage_quarter_hour where is_absurd) as is_absurd;
