"""Retention: sessions that are named go for good, with their facts, their records and what is archived of them."""

import sqlite3
from contextlib import closing
from typing import NamedTuple

from msgspec.json import encode

from store import archive, kept
from store.belongs import sources_of
from store.database import transaction
from store.home import StrPath
from store.lock import hold
from store.removal import remove

LOCK_WAIT_S = 10.0
AT_ONCE = 50

OLD = """
select session_key
from session
where coalesce(last_at, first_at, '') < ? and coalesce(last_at, first_at) is not null
order by session_key
"""
# The sources of which every session is named: what else a file tells of stays.
SHARED = """
select distinct g.source_id
from session_file as f
join generation as g using (generation_id)
where g.source_id in (select value from json_each(:sources))
    and f.session_key not in (select value from json_each(:sessions))
"""
COUNT = """
select
    (select count(*) from response where session_key in (select value from json_each(:sessions))),
    (select count(*) from prompt where session_key in (select value from json_each(:sessions))),
    (select coalesce(sum(cursor), 0) from generation where source_id in (select value from json_each(:sources)))
"""
# One record stands for all that was read: every byte before a cursor belongs to one, also where it is gone.
MARK = """
insert into record (generation_id, byte_offset, length, kind)
select generation_id, 0, cursor, 'pruned' from generation where source_id = ? and cursor > 0
"""
RECORDS = "delete from {table} where generation_id in (select generation_id from generation where source_id = ?)"
GENERATION = """
update generation set records = cursor > 0, rejected = 0, mended = 0, own_at = null, ends_at = null where source_id = ?
"""
SOURCE = "update source set state = 'pruned', reason = 'deleted here, at your word' where source_id = ?"


class Pruned(NamedTuple):
    """What is, or would be, deleted."""

    sessions: int
    responses: int
    prompts: int
    files: int
    bytes: int


def old_sessions(connection: sqlite3.Connection, before: str) -> list[int]:
    """The sessions in which nothing happened since."""
    return [row[0] for row in connection.execute(OLD, (before,)).fetchall()]


def measure(connection: sqlite3.Connection, session_keys: list[int]) -> Pruned:
    """How much that is; nothing is changed."""
    sources = own_sources(connection, session_keys)
    which = {"sessions": encode(session_keys).decode(), "sources": encode(sources).decode()}
    return Pruned(len(session_keys), *_counted(connection, which, len(sources)))


def _counted(connection: sqlite3.Connection, which: dict[str, str], files: int) -> tuple[int, int, int, int]:
    responses, prompts, size = connection.execute(COUNT, which).fetchone()
    return responses, prompts, files, size


def own_sources(connection: sqlite3.Connection, session_keys: list[int]) -> list[int]:
    """The files that tell of these sessions and of no other."""
    sources = sources_of(connection, session_keys)
    which = {"sessions": encode(session_keys).decode(), "sources": encode(sources).decode()}
    shared = {row[0] for row in connection.execute(SHARED, which).fetchall()}
    return [source for source in sources if source not in shared]


def prune(connection: sqlite3.Connection, home: StrPath, session_keys: list[int]) -> Pruned:
    """Delete them. The archive goes first: killed in between, the facts are still there to be named again."""
    found = measure(connection, session_keys)
    sources = own_sources(connection, session_keys)
    if archive.exists(home):
        with (
            hold(home, "pruning", name=archive.LOCK, wait_s=LOCK_WAIT_S),
            closing(archive.open_archive(home)) as kept_bytes,
        ):
            for one in kept.of_sources(kept_bytes, sources):
                kept.drop(kept_bytes, one.file_id, forget=True)
            kept_bytes.execute("pragma incremental_vacuum").fetchall()
            kept_bytes.execute("pragma wal_checkpoint(truncate)").fetchall()
    with transaction(connection):
        remove(connection, session_keys)
        for source_id in sources:
            for table in ("record", "reject", "row_line"):
                connection.execute(RECORDS.format(table=table), (source_id,))
            connection.execute(MARK, (source_id,))
            connection.execute(GENERATION, (source_id,))
            connection.execute(SOURCE, (source_id,))
            connection.execute("insert or ignore into pruned_source (source_id) values (?)", (source_id,))
    return found
