"""Databases of agents for tests: built from SQL text beside the case, for a binary file tells a reader nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path


def build(folder: Path) -> None:
    """Every `x.sql` below a folder becomes the database `x.db`."""
    for script in sorted(folder.rglob("*.sql")):
        with closing(sqlite3.connect(script.with_suffix(".db"))) as connection:
            connection.executescript(script.read_text("utf-8"))
        script.unlink()
