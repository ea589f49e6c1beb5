"""The report queries: each a file in queries/, asked with one short statement that is fetched to its end."""

import os
import sqlite3
from typing import Any

FOLDER = os.path.join(os.path.dirname(__file__), "queries")


def rows(reader: sqlite3.Connection, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of the query of that name."""
    with open(os.path.join(FOLDER, name + ".sql"), encoding="utf-8") as file:
        return reader.execute(file.read(), parameters).fetchall()
