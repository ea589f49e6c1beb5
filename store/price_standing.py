"""What the costs in the database were made from, and whether that still holds. Cheap, for every start asks."""

import os
import sqlite3
from contextlib import suppress

from store.price_config import Override
from store.price_table import version

SAID = "select value from meta where name = 'prices'"
SAY = """
insert into meta (name, value) values ('prices', ?)
on conflict (name) do update set value = excluded.value
"""
NOT_LOOKED_UP = "select 1 from price where version = '' limit 1"


def refresh(connection: sqlite3.Connection, config: dict[str, Override]) -> None:
    """Price anew what the table of prices, or the configuration, says otherwise of than last time.

    In the caller's transaction. Where the table cannot be read, recording goes on with what is known.
    """
    now = standing(connection, config)
    if connection.execute(SAID).fetchone() == (now,) and not connection.execute(NOT_LOOKED_UP).fetchone():
        return
    from store.costs import reprice
    from store.price_lookup import LookupFailed

    with suppress(LookupFailed):
        reprice(connection, config, is_whole=False)


def standing(connection: sqlite3.Connection, config: dict[str, Override]) -> str:
    """The version of the table, and on a line of its own the configuration."""
    return f"{version(data_folder(connection))}\n{_text(config)}"


def say(connection: sqlite3.Connection, config: dict[str, Override]) -> None:
    """All costs are made from this now."""
    connection.execute(SAY, (standing(connection, config),))


def said(connection: sqlite3.Connection) -> dict[str, Override]:
    """The configuration that was said last."""
    row = connection.execute(SAID).fetchone()
    text = row[0].partition("\n")[2] if row else "{}"
    if text == "{}":
        return {}
    import json

    return json.loads(text)


def data_folder(connection: sqlite3.Connection) -> str:
    """Where an update of the prices may lie."""
    return os.path.dirname(connection.execute("pragma database_list").fetchone()[2])


def _text(config: dict[str, Override]) -> str:
    if not config:
        return "{}"
    import json  # most machines have no such table

    return json.dumps(config, sort_keys=True)
