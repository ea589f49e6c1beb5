"""The sums of days, made anew from their quarter hours wherever those changed."""

import sqlite3

SUMS = (
    "parts", "responses", "lower_bounds", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "web_searches", "usd_nanos", "unpriced_responses",
    "unpriced_tokens", "auto_usd_nanos", "auto_unpriced_responses", "auto_unpriced_tokens", "reported_usd_micros",
    "reported_responses", "unreported_tokens", "telemetry_responses", "telemetry_tokens",
)  # fmt: skip
FORGET = "delete from usage_day where day in (select day from usage_day_to_sum)"
SUM = f"""
insert into usage_day (
    day, account_id, model, {", ".join(SUMS)},
    subagent_tokens, subagent_usd_nanos, subagent_auto_usd_nanos, subagent_reported_usd_micros
)
select
    d.day,
    s.account_id,
    u.model,
    {", ".join(f"sum(u.{name})" for name in SUMS)},
    sum(iif(
        u.run_kind = 'main', 0,
        u.input_tokens + u.cache_read_tokens + u.cache_write_5m_tokens + u.cache_write_1h_tokens + u.output_tokens
    )),
    sum(iif(u.run_kind = 'main', 0, u.usd_nanos)),
    sum(iif(u.run_kind = 'main', 0, u.auto_usd_nanos)),
    sum(iif(u.run_kind = 'main', 0, u.reported_usd_micros))
from usage_day_to_sum as d
cross join usage_quarter_hour as u on u.quarter >= d.day and u.quarter < iif(d.day = '', '0', d.day || '~')
cross join session as s using (session_key)
group by 1, 2, 3
"""  # noqa: S608 - names of columns
DONE = "delete from usage_day_to_sum"
IS_WAITING = "select 1 from usage_day_to_sum limit 1"


def sum_days(connection: sqlite3.Connection) -> None:
    """Sum every day that waits. In the caller's transaction, and never needed: readers know which days wait."""
    if connection.execute(IS_WAITING).fetchone():
        for statement in (FORGET, SUM, DONE):
            connection.execute(statement)
