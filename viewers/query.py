"""The report queries: each a file in queries/, asked with one short statement that is fetched to its end."""

import os
import sqlite3

from store.light import Any

FOLDER = os.path.join(os.path.dirname(__file__), "queries")


def rows(reader: sqlite3.Connection, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of the query of that name."""
    return reader.execute(text(name), parameters).fetchall()


def grouped(reader: sqlite3.Connection, source: str, name: str = "usage", **parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of a query over what was used, read from one of the sources of that."""
    return reader.execute(f"with\n{text('used_in_' + source)}\n{text(name)}", parameters).fetchall()


def text(name: str) -> str:
    """The query of that name as it is written."""
    with open(os.path.join(FOLDER, name + ".sql"), encoding="utf-8") as file:
        return file.read()
