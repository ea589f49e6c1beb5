"""Whether what was recorded is what the corpus holds: by day and in all, to the token."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from programs import expected

KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
RESPONSES = """
select
    day, sum(not is_nested), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
    sum(cache_write_5m_tokens), sum(cache_write_1h_tokens)
from responses
group by day
"""
QUARTERS = """
select
    day, sum(responses), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
    sum(cache_write_5m_tokens), sum(cache_write_1h_tokens)
from usage_quarter_hours
group by day
"""
UNEVEN = """
select count(*)
from generation as g
left join (select generation_id, sum(length) as bytes from record group by generation_id) as r using (generation_id)
where g.cursor <> coalesce(r.bytes, 0)
"""


def differences(data: Path, corpus: Path) -> list[str]:
    """What is recorded otherwise than it is; empty when all is exact."""
    truth = expected(corpus)
    by_day = {day: tuple(sums[kind] for kind in KINDS) for day, sums in truth["by_day"].items()}
    found: list[str] = []
    with closing(sqlite3.connect(f"file:{data / 'fleetmeter.db'}?mode=ro", uri=True)) as reader:
        for name, query in (("responses", RESPONSES), ("usage_quarter_hours", QUARTERS)):
            days = {row[0]: row[1:] for row in reader.execute(query).fetchall()}
            responses = sum(row[0] for row in days.values())
            if responses != truth["responses"]:
                found.append(f"{name}: {responses} responses instead of {truth['responses']}")
            for day in sorted({*by_day, *days}, key=str):
                sums = days.get(day, (0,) * (1 + len(KINDS)))[1:]
                if sums != by_day.get(day, (0,) * len(KINDS)):
                    found.append(f"{name}, {day}: {sums} instead of {by_day.get(day)}")
        if reader.execute(UNEVEN).fetchone()[0]:
            found.append("the cursor of a file is not the sum of its records")
    return found


def reported(out: bytes, corpus: Path) -> str:
    """How far the peer's own report is from the truth."""
    totals: dict[str, Any] = json.loads(out)["totals"]
    truth = expected(corpus)["total"]
    off = {
        "input": totals["inputTokens"] - truth["input"],
        "output": totals["outputTokens"] - truth["output"],
        "cache read": totals["cacheReadTokens"] - truth["cache_read"],
        "cache write": totals["cacheCreationTokens"] - truth["cache_write_5m"] - truth["cache_write_1h"],
    }
    return ", ".join(f"{kind} {number:+d}" for kind, number in off.items() if number) or "exact"
