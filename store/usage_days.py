"""The sums of days and of parts of days, made anew from their quarter hours wherever those changed."""

import sqlite3

SUMS = (
    "parts", "responses", "lower_bounds", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "web_searches", "usd_nanos", "unpriced_responses",
    "unpriced_tokens", "auto_usd_nanos", "auto_unpriced_responses", "auto_unpriced_tokens", "reported_usd_micros",
    "reported_responses", "unreported_tokens", "telemetry_responses", "telemetry_tokens",
)  # fmt: skip
BELIEVED = {
    "reported_usd_micros": "believed_usd_micros", "reported_responses": "believed_responses",
    "unreported_tokens": "unbelieved_tokens",
}  # fmt: skip
"""What agents reported is summed as far as it can be believed."""
OF_SUBAGENTS = (
    "subagent_tokens", "subagent_usd_nanos", "subagent_auto_usd_nanos", "subagent_reported_usd_micros",
)  # fmt: skip
SUMMED = f"""
    {", ".join(f"sum(u.{BELIEVED.get(name, name)}) as {name}" for name in SUMS)},
    sum(iif(
        u.run_kind = 'main', 0,
        u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens + u.output_tokens
    )) as subagent_tokens,
    sum(iif(u.run_kind = 'main', 0, u.usd_nanos)) as subagent_usd_nanos,
    sum(iif(u.run_kind = 'main', 0, u.auto_usd_nanos)) as subagent_auto_usd_nanos,
    sum(iif(u.run_kind = 'main', 0, u.believed_usd_micros)) as subagent_reported_usd_micros
"""
RUNNING = ", ".join(f"sum({name}) over part as {name}" for name in (*SUMS, *OF_SUBAGENTS))
ALL = ", ".join((*SUMS, *OF_SUBAGENTS))
FORGET = "delete from usage_day where day in (select day from usage_day_to_sum)"
FORGET_PARTS = "delete from usage_part where day in (select day from usage_day_to_sum)"
SUM = f"""
insert into usage_day (day, account_id, model, first_quarter, last_quarter, {ALL})
select
    d.day,
    s.account_id,
    u.model,
    min(u.quarter),
    max(u.quarter),{SUMMED}
from usage_day_to_sum as d
cross join usage_quarter_hour as u on u.quarter >= d.day and u.quarter < iif(d.day = '', '0', d.day || '~')
cross join session as s using (session_key)
group by 1, 2, 3
"""  # noqa: S608 - names of columns
PARTS_OF = f"""
with fine as materialized (
    select
        d.day,
        s.account_id,
        u.model,
        u.quarter,{SUMMED}
    from {{days}} as d
    cross join usage_quarter_hour as u on u.quarter >= d.day and u.quarter < d.day || '~'
    cross join session as s using (session_key)
    where d.day <> ''
    group by 1, 2, 3, 4
)
select day, account_id, model, quarter, {RUNNING}
from fine
where quarter < day || 'T10:00'
window part as (partition by day, account_id, model order by quarter)
union all
select day, account_id, model, quarter, {RUNNING}
from fine
where quarter >= day || 'T10:00'
window part as (partition by day, account_id, model order by quarter desc)
"""  # noqa: S608 - names of columns
INTO_PARTS = f"insert into usage_part (day, account_id, model, quarter, {ALL})"
SUM_PARTS = INTO_PARTS + PARTS_OF.format(days="usage_day_to_sum")
DONE = "delete from usage_day_to_sum"
IS_WAITING = "select 1 from usage_day_to_sum limit 1"


def sum_days(connection: sqlite3.Connection) -> None:
    """Sum every day that waits. In the caller's transaction, and never needed: readers know which days wait."""
    if connection.execute(IS_WAITING).fetchone():
        for statement in (FORGET, FORGET_PARTS, SUM, SUM_PARTS, DONE):
            connection.execute(statement)
