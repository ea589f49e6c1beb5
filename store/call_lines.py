"""Where the lines stand that tell of some calls. SQL only.

A call's own record is not known, but when it began and ended is; what was recorded meanwhile is read, and a little
more, for not all that tells of a call bears the very same time.
"""

import sqlite3
from collections.abc import Iterable

SPANS = """
select r.generation_id, min(r.byte_offset), max(r.byte_offset + r.length)
from (
    select
        generation_id,
        strftime('%Y-%m-%dT%H:%M:%fZ', min(coalesce(started_at, ended_at)), '-5 minutes') as since,
        strftime('%Y-%m-%dT%H:%M:%fZ', max(coalesce(ended_at, started_at)), '+5 minutes') as until
    from tool_call
    where session_key in (select value from json_each(?)) and tool_use_id in (select value from json_each(?))
    group by generation_id
) as c
join record as r on r.generation_id = c.generation_id and r.at >= c.since and r.at <= c.until
group by r.generation_id
"""


def spans_of(connection: sqlite3.Connection, session_keys: Iterable[int], call_ids: str) -> dict[int, tuple[int, int]]:
    """By generation, the first byte and the one after the last. call_ids: a list, as JSON."""
    rows = connection.execute(SPANS, (str(list(session_keys)), call_ids)).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}
