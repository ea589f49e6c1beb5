"""Which versions of the sources made the facts: asked at every start, so it costs one row."""

import sqlite3
from collections.abc import Iterable
from typing import Protocol


class Source(Protocol):
    """As much of one as is asked for."""

    @property
    def agent(self) -> str: ...
    @property
    def version(self) -> int: ...


def versions(sources: Iterable[Source]) -> str:
    """The versions of all sources, as one text."""
    return " ".join(sorted(f"{source.agent}={source.version}" for source in sources))


def is_by(connection: sqlite3.Connection, words: str) -> bool:
    """Whether everything that could be was made by these."""
    return (
        connection.execute("select 1 from meta where name = 'made_by' and value = ?", (words,)).fetchone() is not None
    )


def note(connection: sqlite3.Connection, words: str) -> None:
    """It was. Whoever calls has begun a transaction."""
    connection.execute("insert or replace into meta (name, value) values ('made_by', ?)", (words,))
