"""The questions that control asks of what is recorded: each a file in queries/, fetched to its end."""

import os
import sqlite3
from datetime import UTC, datetime
from functools import cache
from typing import Any

FOLDER = os.path.join(os.path.dirname(__file__), "queries")


def rows(reader: sqlite3.Connection, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of the query of that name."""
    return reader.execute(_text(name), parameters).fetchall()


@cache  # asked of each process, every few seconds
def _text(name: str) -> str:
    with open(os.path.join(FOLDER, name + ".sql"), encoding="utf-8") as file:
        return file.read()


def seconds(at: str | None) -> float | None:
    """A moment as it is stored, on the Unix clock."""
    if not at:
        return None
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return None


def moment(at_s: float) -> str:
    """A moment of the Unix clock, as it is stored."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
