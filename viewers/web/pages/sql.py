"""Any question that a select can ask, answered in a process of its own that cannot outlast its limits."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from viewers.asking.collected import Collected, collected
from viewers.asking.schema_list import views
from viewers.web.page import Asked, Page

ROWS, SECONDS = 1_000, 1.0
SAVED = (
    ("What each day cost", "select substr(at, 1, 10) as day, round(sum(usd), 2) as usd, sum(output_tokens) as output\n"
     "from costs\ngroup by day\norder by day desc\nlimit 30"),
    ("The dearest sessions", "select project, title, round(usd, 2) as usd, responses\nfrom sessions\n"
     "order by usd desc\nlimit 20"),
    ("Tools that failed", "select name, count(*) as failed\nfrom tool_calls\nwhere outcome = 'error'\ngroup by name\n"
     "order by failed desc\nlimit 20"),
    ("Prompts of today", "select at, project, substr(text, 1, 120) as text\nfrom prompts\n"
     "where at >= date('now')\norder by at desc\nlimit 50"),
)  # fmt: skip


def read(asked: Asked) -> Mapping[str, Any]:
    """The answer, if something is asked."""
    statement = asked.query.get("q", "").strip()
    found = collected(asked.home, statement, "csv", rows=ROWS, seconds=SECONDS) if statement else None
    names, rows = _table(found)
    return {
        "statement": statement, "saved": SAVED, "names": names, "rows": rows, "found": found,
        "numbers": [_is_number([row[index] for row in rows]) for index in range(len(names))],
        "bars": _bars(names, rows), "views": views(), "limits": (ROWS, SECONDS),
    }  # fmt: skip


def _table(found: Collected | None) -> tuple[list[str], list[list[str]]]:
    if found is None or not found.answer:
        return [], []
    names, *rows = [row for row in csv.reader(io.StringIO(found.answer.decode("utf-8", "replace"), newline="")) if row]
    return names, rows


def _is_number(values: list[str]) -> bool:
    return bool(values) and all(value == "" or _number(value) is not None for value in values)


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _bars(names: list[str], rows: list[list[str]]) -> list[tuple[str, str, float]]:
    """A simple plot: the first column of words against the first of numbers."""
    numeric = [index for index in range(len(names)) if _is_number([row[index] for row in rows])]
    words = [index for index in range(len(names)) if index not in numeric]
    if not numeric or not words or not 1 < len(rows) <= 60:
        return []
    value, word = numeric[0], words[0]
    most = max((abs(_number(row[value]) or 0.0) for row in rows), default=0.0)
    return [(row[word], row[value], abs(_number(row[value]) or 0.0) / most) for row in rows] if most else []


PAGE = Page("sql", "SQL", "/sql", read, icon="sql", is_live=False)
