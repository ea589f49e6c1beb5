"""The index of words: it follows the facts a step behind, so that nobody who records waits for it."""

import sqlite3
from collections.abc import Callable

from store.database import transaction

AT_ONCE = 500
"""Rows of one fact in one transaction of a collector that runs: a few milliseconds."""
BULK = 20_000

# Fact → its key, what of it is indexed, which of its rows are: as the triggers of the migration have it.
FACTS = {
    "prompt": ("prompt_key", "prompt_key * 4 + 1, text", "kind <> 'injected'"),
    "message": ("message_key", "message_key * 4 + 2, text", "text is not null"),
    "tool_call": ("tool_call_key", "tool_call_key * 4 + 3, coalesce(name, '') || ' ' || coalesce(target, '')", "true"),
}
NEXT = "select max({key}) from (select {key} from {fact} where {key} > ? order by {key} limit ?)"
ADD = "insert into search (rowid, words) select {words} from {fact} where {key} > ? and {key} <= ? and {which}"


def index(connection: sqlite3.Connection, most: int = AT_ONCE) -> bool:
    """Take in the next rows, in a transaction of its own if there are any; says whether more may be left."""
    cursors: dict[str, int] = dict(connection.execute("select fact, upto from search_cursor").fetchall())
    ends: list[tuple[str, int, int]] = []
    for fact, (key, _, _) in FACTS.items():
        (end,) = connection.execute(NEXT.format(key=key, fact=fact), (cursors[fact], most)).fetchone()
        if end is not None:
            ends.append((fact, cursors[fact], end))
    if not ends:
        return False
    with transaction(connection):
        for fact, after, end in ends:
            key, words, which = FACTS[fact]
            connection.execute(ADD.format(words=words, fact=fact, key=key, which=which), (after, end))
            connection.execute("update search_cursor set upto = ? where fact = ?", (end, fact))
    return True


def index_all(connection: sqlite3.Connection, after: Callable[[], None]) -> None:
    """Take in whatever is left; after is called between two portions."""
    while index(connection, BULK):
        after()
