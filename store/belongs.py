"""Which files belong to a session: those that tell of it, and those in the folder of a transcript's name. SQL only.

What tells of no session (an empty file does not) is one only by its name.
"""

import os
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.sources import Seen

TELL = """
select distinct g.source_id, s.raw_path
from session_file as f
join generation as g using (generation_id)
join source as s using (source_id)
where f.session_key in (select value from json_each(?))
order by s.raw_path
"""
BELOW = "select source_id from source where raw_path > ? and raw_path < ?"
# Files that are read by lines, of which none tells of a session: an empty one, one of titles or of snapshots alone.
LOOSE = """
select s.source_id, s.raw_path
from source as s
join generation as g using (generation_id)
where s.kind not in ('database', 'feed') and s.mtime_ns is not null and (length(g.head) > 0 or s.size = 0)
    and s.source_id not in (select g.source_id from session_file as f join generation as g using (generation_id))
order by s.raw_path
"""
EMPTY = """
select s.generation_id, s.source_id, g.number, a.agent, a.root, s.raw_path, s.kind, s.mtime_ns
from source as s
join generation as g using (generation_id)
join account as a using (account_id)
where s.source_id in (select value from json_each(?))
    and s.size = 0 and g.cursor = 0 and s.mtime_ns is not null and s.kind not in ('database', 'feed')
    and s.state in ('read', 'foreign', 'gone', 'unreachable')
order by s.raw_path
"""
ADOPT = """
update source
set device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = 0, state = 'read', reason = null
where source_id = ? and state <> 'pruned'
"""


class Empty(NamedTuple):
    """A file in which nothing stands."""

    generation_id: int
    source_id: int
    number: int
    agent: str
    root: str
    raw_path: bytes
    kind: str
    mtime_ns: int


def sources_of(connection: sqlite3.Connection, session_keys: Iterable[int]) -> list[int]:
    """The sources of some sessions, those of their subagents and workflows included."""
    found: dict[int, None] = {}
    for source_id, raw_path in connection.execute(TELL, (str(list(session_keys)),)).fetchall():
        found[source_id] = None
        folder = os.path.splitext(raw_path)[0]
        if folder != raw_path:
            found |= dict.fromkeys(row[0] for row in connection.execute(BELOW, (folder + b"/", folder + b"0")))
    return list(found)


def sources_of_all(connection: sqlite3.Connection) -> list[int]:
    """Those of every session, and those of none."""
    keys = [row[0] for row in connection.execute("select session_key from session").fetchall()]
    loose = [row[0] for row in connection.execute(LOOSE).fetchall()]
    return list(dict.fromkeys([*sources_of(connection, keys), *loose]))


def loose_named(connection: sqlite3.Connection, name: str) -> list[int]:
    """Files of no session whose names end with this one, as those of sessions end with their ids."""
    rows = connection.execute(LOOSE).fetchall()
    stems = [(source_id, os.fsdecode(os.path.basename(raw_path)).partition(".")[0]) for source_id, raw_path in rows]
    return [source_id for source_id, stem in stems if stem == name or stem.endswith(f"-{name}")]


def empty_of(connection: sqlite3.Connection, source_ids: list[int]) -> list[Empty]:
    """Those of these sources in which nothing stands."""
    return [Empty(*row) for row in connection.execute(EMPTY, (str(source_ids),)).fetchall()]


def adopt(connection: sqlite3.Connection, source_id: int, seen: Seen) -> None:
    """The file that was written back is the one that was read: the next look finds nothing new in it."""
    connection.execute(ADOPT, (seen.device_number, seen.inode, seen.size, seen.mtime_ns, source_id))
