"""Record a tree through the public door, and look at what became of it: the views, and the account of every byte."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from collector.recording.once import Summary, collect_once

VIEWS = (
    "sessions", "runs", "prompts", "responses", "progress_responses", "tool_calls", "touches", "compactions",
    "turns", "limits", "signals", "processes", "status_readings", "api_calls", "metered_tokens",
    "workflows", "tasks", "activity", "sources", "rejects", "usage_quarter_hours", "costs",
)  # fmt: skip
# When something was recorded is no part of what was recorded; neither is the machine it happened on.
NOTICED = {"processes": {"ended_at"}}
INGEST_TIME = {"found_at", "read_at", "device"}

Rows = list[tuple[Any, ...]]


def record(home: Path, user: Path, environ: Mapping[str, str] | None = None) -> Summary:
    """Bring the database up to what the files of this user say now; whatever happened, every byte has its record."""
    summary = collect_once(str(home), environ or {}, str(user))
    check_every_byte(home)
    check_costs(home)
    return summary


def rows(home: Path, query: str, parameters: tuple[object, ...] = ()) -> Rows:
    """What a query finds now."""
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        return connection.execute(query, parameters).fetchall()


def dicts(home: Path, query: str) -> list[dict[str, Any]]:
    """The same, each row with the names of its columns."""
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]


def views(home: Path, *, without: Mapping[str, set[str]] | None = None) -> dict[str, Rows]:
    """All public views, each as sorted rows of the columns that a second recording must give again."""
    found: dict[str, Rows] = {}
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        for view in VIEWS:
            names = [row[0] for row in connection.execute("select name from pragma_table_info(?)", (view,))]
            left_out = INGEST_TIME | NOTICED.get(view, set()) | (without or {}).get(view, set())
            columns = ", ".join(name for name in names if name not in left_out)
            query = f"select {columns} from {view}"  # noqa: S608 - names of our own views
            found[view] = sorted(connection.execute(query).fetchall(), key=repr)
    return found


def check_same(got: dict[str, Rows], expected: dict[str, Rows]) -> None:
    """Two recordings gave the same rows; of two that did not, say which view and which rows."""
    for view in VIEWS:
        more = [row for row in got[view] if row not in expected[view]]
        less = [row for row in expected[view] if row not in got[view]]
        assert not more and not less, f"{view}\n  got      {more[:3]}\n  expected {less[:3]}"
        assert len(got[view]) == len(expected[view]), f"{view}: {len(got[view])} rows, not {len(expected[view])}"


def check_every_byte(home: Path) -> None:
    """C8: every byte before the cursor belongs to exactly one record, good or refused, in every generation."""
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        generations = connection.execute("select generation_id, cursor, records, rejected from generation").fetchall()
        for generation_id, cursor, records, rejected in generations:
            place = count = 0
            for byte_offset, length in connection.execute(
                "select byte_offset, length from record where generation_id = ? order by byte_offset", (generation_id,)
            ).fetchall():
                assert byte_offset == place, f"a gap or an overlap at {byte_offset}: expected {place}"
                assert length > 0 or cursor == 0
                place, count = place + length, count + 1
            assert place == cursor, f"records end at {place}, the cursor is at {cursor}"
            refused = connection.execute(
                "select r.byte_offset, r.length, j.length from reject as j "
                "left join record as r using (generation_id, byte_offset) where generation_id = ?",
                (generation_id,),
            ).fetchall()
            assert all(own == its for _, own, its in refused)
            assert (count, len(refused)) == (records + rejected, rejected), "a record is not counted, or twice"


COSTED = """
select r.quarter, r.session_key, r.run_kind, r.model, r.tier, coalesce(sum(c.usd_nanos), 0), sum(c.usd_nanos is null),
    sum(iif(c.usd_nanos is null, input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
        + output_tokens, 0)),
    coalesce(sum(r.reported_usd_micros), 0), count(r.reported_usd_micros)
from response as r
left join cost as c using (response_key)
where r.is_copy = 0 and r.evidence <> 'progress'
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
"""
SUMMED = """
select quarter, session_key, run_kind, model, tier, usd_nanos, unpriced_responses, unpriced_tokens,
    reported_usd_micros, reported_responses
from usage_quarter_hour
order by 1, 2, 3, 4, 5
"""
UNCOSTED = """
select (select count(*) from response_to_price),
    (select count(*) from cost where response_key not in (
        select response_key from response where is_copy = 0 and evidence <> 'progress'
    )),
    (select count(*) from response where is_copy = 0 and evidence <> 'progress'
        and response_key not in (select response_key from cost))
"""


def check_costs(home: Path) -> None:
    """Every answer that counts has one cost, nothing else has, and the sums are the sums of those."""
    assert rows(home, UNCOSTED) == [(0, 0, 0)]
    assert rows(home, SUMMED) == rows(home, COSTED)


def refused(home: Path, path: Path | None = None) -> Rows:
    """Offset, length and reason of what was refused, in all files or one."""
    return rows(
        home,
        "select byte_offset, length, reason from rejects where ? is null or path = ? order by path, byte_offset",
        (path and str(path), path and str(path)),
    )


def source(home: Path, path: Path) -> dict[str, Any]:
    """What the view says of one file."""
    found = [row for row in dicts(home, "select * from sources") if row["path"] == os.fsdecode(path)]
    assert len(found) == 1, f"{len(found)} sources of this path"
    return found[0]
