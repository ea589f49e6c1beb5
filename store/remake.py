"""The rows around facts that are made anew: what is put back as it was, and what is said of it. SQL only."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.json import encode

from store import made_by
from store.families import Part, is_stale
from store.removal import take_out

SESSION_KEYS = """
select s.account_id, s.session_id, s.session_key
from session as s
join account as a using (account_id)
where a.agent = ?
"""
SESSION_IDS = "select account_id, session_id from session where session_key in (select value from json_each(?))"
WITH_SIGNALS = """
select session_key
from session
where account_id = ? and (
    session_key in (select session_key from signal) or session_key in (select session_key from status_reading)
    or session_key in (select session_key from api_call) or session_key in (select session_key from metric_point)
)
"""
BEGIN = """
update generation
set cursor = 0, carried = x'', records = 0, rejected = 0, mended = 0, own_at = null, ends_at = null
where generation_id = ?
"""
STANDING = """
select generation_id, state, reason, device_number, inode, size, mtime_ns, ctime_ns, version, read_at, source_id
from source
where source_id = ?
"""
PUT_BACK = """
update source
set generation_id = ?, state = ?, reason = ?, device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ?,
    version = ?, read_at = ?
where source_id = ?
"""
PUT_BACK_GENERATION = """
update generation
set cursor = ?, head = ?, tail = ?, open_line = ?, made_by = ?, left_by = ?
where generation_id = ?
"""
REREAD = "update source set state = ?, reason = ? where generation_id = ? and state in ('read', 'foreign')"
LEAVE = "update generation set left_by = max(left_by, ?) where generation_id = ?"
# A session that nothing tells of any more.
NOTHING = """
delete from session
where session_key in (select value from json_each(:keys))
    and session_key not in (select session_key from run where session_key in (select value from json_each(:keys)))
    and session_key not in (
        select session_key from session_file where session_key in (select value from json_each(:keys))
    )
"""

Standing = list[tuple[Any, ...]]


def session_keys(connection: sqlite3.Connection, agent: str) -> dict[tuple[int, str], int]:
    """The sessions of an agent, by account and id."""
    return {(account, id_): key for account, id_, key in connection.execute(SESSION_KEYS, (agent,)).fetchall()}


def session_ids(connection: sqlite3.Connection, keys: Iterable[int]) -> set[tuple[int, str]]:
    """The accounts and ids of these sessions."""
    return set(connection.execute(SESSION_IDS, (encode(list(keys)).decode(),)).fetchall())


def with_signals(connection: sqlite3.Connection, account_id: int) -> set[int]:
    """The sessions of which programs told something while they ran."""
    return {row[0] for row in connection.execute(WITH_SIGNALS, (account_id,)).fetchall()}


def is_old(connection: sqlite3.Connection, sources: Iterable[made_by.Source]) -> bool:
    """Whether facts wait to be made anew by a newer version."""
    return any(is_stale(connection, source.agent, source.version) for source in sources)


def left(connection: sqlite3.Connection) -> int:
    """Files whose facts an older version made, and that could not be made anew."""
    return connection.execute("select count(*) from generation where left_by > made_by").fetchone()[0]


def pruned(connection: sqlite3.Connection) -> set[tuple[int, str]]:
    """The accounts and ids of what was deleted at the user's word."""
    return set(connection.execute("select account_id, session_id from pruned_session").fetchall())


def standing(connection: sqlite3.Connection, source_ids: Iterable[int]) -> Standing:
    """What is said of these files, apart from what they say."""
    return [connection.execute(STANDING, (source_id,)).fetchone() for source_id in source_ids]


def put_back(connection: sqlite3.Connection, before: Standing) -> None:
    """Say that of them again."""
    connection.executemany(PUT_BACK, before)


def take_down(connection: sqlite3.Connection, keys: Iterable[int], parts: Iterable[Part]) -> Standing:
    """Take all facts of a family out, and give what its files stand at."""
    before = standing(connection, {part.known.source_id for part in parts})
    take_out(connection, keys)
    for part in parts:
        for statement in ("delete from record where generation_id = ?", "delete from reject where generation_id = ?"):
            connection.execute(statement, (part.known.generation_id,))
        connection.execute(BEGIN, (part.known.generation_id,))
    return before


def finish(
    connection: sqlite3.Connection, before: Standing, parts: Iterable[Part],
    states: Mapping[int, tuple[str, str | None]], version: int, keys: Iterable[int],
) -> bool:  # fmt: skip
    """Put the cursors back; false where the lines did not reach them."""
    for part in parts:
        known = part.known
        ((cursor,),) = connection.execute(
            "select cursor from generation where generation_id = ?", (known.generation_id,)
        ).fetchall()
        if cursor != known.cursor:
            return False
        connection.execute(
            PUT_BACK_GENERATION,
            (known.cursor, known.head, known.tail, known.open_line, version, version, known.generation_id),
        )
    put_back(connection, before)
    connection.executemany(REREAD, [(*state, generation_id) for generation_id, state in states.items()])
    connection.execute(NOTHING, {"keys": encode(list(keys)).decode()})
    return True


def leave(connection: sqlite3.Connection, parts: Iterable[Part], version: int) -> None:
    """These could not be made anew by this version; nobody need try again."""
    connection.executemany(LEAVE, [(version, part.known.generation_id) for part in parts])
