"""A database in which nothing is recorded, in memory: what readers ask where there is none yet."""

import sqlite3

from store import schema
from store.home import StrPath


def open_empty(folder: StrPath = schema.FOLDER) -> sqlite3.Connection:
    """Whatever is asked of it, the answer is an empty one."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for step in schema.steps(folder):
        with open(step.path, encoding="utf-8") as file:
            connection.executescript(file.read())
    for view in schema.views(folder):
        connection.executescript(view.sql)
    return connection
