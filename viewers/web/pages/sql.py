"""Any question that a select can ask, answered in a process of its own that cannot outlast its limits."""

import csv
import io
import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from viewers.asking.collected import Collected, collected
from viewers.asking.questions import questions
from viewers.asking.schema_list import views
from viewers.web.page import Asked, Page
from viewers.web.saved import saved

ROWS, SECONDS = 1_000, 1.0
VIEWS, QUESTIONS = cache(views), cache(questions)
"""They are made from a new database and from VIEWS.md, which takes a while and is always the same."""
MOST_BARS = 60


class Plot(NamedTuple):
    """A bar for each row."""

    names: list[str]
    """What else could be drawn."""
    value: str
    word: str
    bars: list[tuple[str, str, float]]


def read(asked: Asked) -> Mapping[str, Any]:
    """The answer, if something is asked."""
    statement = asked.query.get("q", "").strip()
    found = collected(asked.home, statement, "csv", rows=ROWS, seconds=SECONDS) if statement else None
    names, rows = _table(found)
    return {
        "statement": statement, "names": names, "rows": rows, "found": found,
        "questions": QUESTIONS(), "saved": saved(asked.home),
        "numbers": [_is_number([row[index] for row in rows]) for index in range(len(names))],
        "plot": _plot(names, rows, asked.query.get("plot")), "views": VIEWS(), "limits": (ROWS, SECONDS),
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
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _plot(names: list[str], rows: list[list[str]], wanted: str | None) -> Plot | None:
    """The first column of words against one of numbers; of one row or of very many there is nothing to see."""
    numeric = [index for index in range(len(names)) if _is_number([row[index] for row in rows])]
    words = [index for index in range(len(names)) if index not in numeric]
    if not numeric or not words or not 1 < len(rows) <= MOST_BARS:
        return None
    value, word = next((index for index in numeric if names[index] == wanted), numeric[0]), words[0]
    sizes = [abs(_number(row[value]) or 0.0) for row in rows]
    most = max(sizes) or 1.0
    bars = [(row[word], row[value], size / most) for row, size in zip(rows, sizes, strict=True)]
    return Plot([names[index] for index in numeric], names[value], names[word], bars)


PAGE = Page("sql", "SQL", "/sql", read, icon="sql", is_live=False)
