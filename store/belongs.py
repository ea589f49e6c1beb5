"""Which files belong to a session: those that tell of it, and those in the folder of a transcript's name. SQL only."""

import os
import sqlite3
from collections.abc import Iterable

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
ADOPT = """
update source
set device_number = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = 0, state = 'read', reason = null
where source_id = ? and state <> 'pruned'
"""


def sources_of(connection: sqlite3.Connection, session_keys: Iterable[int]) -> list[int]:
    """The sources of some sessions, those of their subagents and workflows included."""
    found: dict[int, None] = {}
    for source_id, raw_path in connection.execute(TELL, (str(list(session_keys)),)).fetchall():
        found[source_id] = None
        folder = os.path.splitext(raw_path)[0]
        if folder != raw_path:
            found |= dict.fromkeys(row[0] for row in connection.execute(BELOW, (folder + b"/", folder + b"0")))
    return list(found)


def adopt(connection: sqlite3.Connection, source_id: int, seen: Seen) -> None:
    """The file that was written back is the one that was read: the next look finds nothing new in it."""
    connection.execute(ADOPT, (seen.device_number, seen.inode, seen.size, seen.mtime_ns, source_id))
