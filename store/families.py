"""Which sessions and which files hang together, so that their facts can only be made anew together. SQL only.

A file ties the sessions it tells of, a transcript the files in the folder of its name, history that was copied the
sessions that hold it. Files that name no session for good (what programs send, lists of processes) tie nothing.
"""

import os
import sqlite3
from typing import NamedTuple

from store.belongs import sources_of
from store.sources import Known


class Part(NamedTuple):
    """A generation, as it would be read once more."""

    known: Known
    is_superseded: bool
    made_by: int
    left_by: int
    is_pruned: bool
    """Whether some of it was deleted at the user's word."""


class Family(NamedTuple):
    """Sessions, and the generations that tell of them."""

    sessions: tuple[int, ...]
    parts: tuple[Part, ...]


class Families(NamedTuple):
    """All of an agent. loose: the generations that belong to no family."""

    families: list[Family]
    loose: list[Part]


PARTS = """
select
    s.source_id, s.account_id, s.raw_path, s.kind, s.state, s.device_number, s.inode, s.size, s.mtime_ns, s.ctime_ns,
    g.generation_id, g.number, g.cursor, g.head, g.tail, g.open_line, g.carried,
    g.is_superseded, g.made_by, g.left_by,
    s.state = 'pruned' or exists (
        select 1 from record as r where r.generation_id = g.generation_id and r.byte_offset = 0 and r.kind = 'pruned'
    )
from generation as g
join source as s using (source_id)
join account as a using (account_id)
where a.agent = ? and (g.cursor > 0 or s.state in ('read', 'foreign', 'gone', 'unreachable'))
"""
IN_ORDER = "order by g.generation_id"
OF_SOURCES = "and s.source_id in (select value from json_each(?))"
OR_SINCE = "and (s.source_id in (select value from json_each(?)) or s.source_id > ?)"
RELATIVES = """
select session_key
from session_file
where generation_id in (select generation_id from generation where source_id in (select value from json_each(:sources)))
union
select other_key from overlap where session_key in (select value from json_each(:sessions))
union
select session_key from overlap where other_key in (select value from json_each(:sessions))
"""
TIED = "select g.source_id from session_file as f join generation as g using (generation_id)"
SESSIONS = "select s.session_key from session as s join account as a using (account_id) where a.agent = ?"
FILES = """
select f.session_key, g.source_id
from session_file as f
join generation as g using (generation_id)
join session as s using (session_key)
join account as a using (account_id)
where a.agent = ?
"""
COPIES = """
select o.session_key, o.other_key
from overlap as o
join session as s using (session_key)
join account as a using (account_id)
where a.agent = ?
"""
STALE = """
select 1
from generation as g
join source as s using (source_id)
join account as a using (account_id)
where a.agent = ? and g.cursor > 0 and max(g.made_by, g.left_by) < ? and s.state <> 'pruned'
limit 1
"""


class _Groups:
    """Things that hang together: each is found under the first of its group."""

    def __init__(self) -> None:
        self._above: dict[object, object] = {}

    def find(self, thing: object) -> object:
        while (above := self._above.setdefault(thing, thing)) != thing:
            self._above[thing] = self._above[above]
            thing = above
        return thing

    def join(self, one: object, other: object) -> None:
        self._above[self.find(one)] = self.find(other)


def is_stale(connection: sqlite3.Connection, agent: str, version: int) -> bool:
    """Whether facts of an older version are there, that nobody tried to make anew with this one."""
    return connection.execute(STALE, (agent, version)).fetchone() is not None


def families(connection: sqlite3.Connection, agent: str) -> Families:
    """All that is recorded of an agent, in groups, the newest of them first."""
    parts = _parts(connection, "", agent)
    sessions = {key: ("session", key) for (key,) in connection.execute(SESSIONS, (agent,)).fetchall()}
    sources = {part.known.source_id: ("source", part.known.source_id) for part in parts}
    groups = _Groups()
    tied = set[int]()
    for session, source in connection.execute(FILES, (agent,)).fetchall():
        if source in sources:
            groups.join(sources[source], sessions[session])
            tied.add(source)
    for one, other in connection.execute(COPIES, (agent,)).fetchall():
        if one in sessions and other in sessions:
            groups.join(sessions[one], sessions[other])
    for below, above in _beside(parts, tied):
        groups.join(sources[below], sources[above])
        tied.add(below)
    found: dict[object, tuple[list[int], list[Part]]] = {}
    for key, session in sessions.items():
        found.setdefault(groups.find(session), ([], []))[0].append(key)
    for part in parts:
        if part.known.source_id in tied:
            found.setdefault(groups.find(sources[part.known.source_id]), ([], []))[1].append(part)
    everything = [Family(tuple(keys), tuple(of)) for keys, of in found.values()]
    everything.sort(key=lambda family: max(family.sessions, default=0), reverse=True)
    return Families(everything, [part for part in parts if part.known.source_id not in tied])


def family_now(connection: sqlite3.Connection, agent: str, family: Family) -> Family:
    """The same a while later: how far its files are read now, and what has joined it since."""
    sessions, sources = set(family.sessions), {part.known.source_id for part in family.parts}
    while True:
        sources.update(sources_of(connection, sessions))
        which = {"sources": str(list(sources)), "sessions": str(list(sessions))}
        more = {row[0] for row in connection.execute(RELATIVES, which).fetchall()} - sessions
        if not more:
            return Family(tuple(sessions), tuple(_parts(connection, OF_SOURCES, agent, str(list(sources)))))
        sessions |= more


class Planned(NamedTuple):
    """What was there when something was planned: the loose ones and how far each was read, and the latest source."""

    loose: dict[int, int]
    latest: int


def loose_now(connection: sqlite3.Connection, agent: str, planned: Planned, told: set[int]) -> list[Part]:
    """The loose ones that told something when that was planned, and whichever told something since."""
    found = _parts(connection, OR_SINCE, agent, str(list(planned.loose)), planned.latest)
    tied = {row[0] for row in connection.execute(TIED).fetchall()} if found else set[int]()
    return [
        part
        for part in found
        if part.known.source_id not in tied
        and part.known.cursor
        and not part.is_pruned
        and (part.known.source_id in told or planned.loose.get(part.known.source_id) != part.known.cursor)
    ]


def _parts(connection: sqlite3.Connection, which: str, *parameters: str | int) -> list[Part]:
    return [
        Part(Known(*row[:17]), bool(row[17]), row[18], row[19], bool(row[20]))
        for row in connection.execute(f"{PARTS} {which} {IN_ORDER}", parameters).fetchall()
    ]


def _beside(parts: list[Part], tied: set[int]) -> list[tuple[int, int]]:
    """Files in the folder of the name of one that tells of a session, and that one."""
    folders = {
        os.path.splitext(part.known.raw_path)[0]: part.known.source_id for part in parts if part.known.source_id in tied
    }
    found: list[tuple[int, int]] = []
    for part in parts:
        above = os.path.dirname(part.known.raw_path)
        while len(above) > 1:
            if above in folders:
                found.append((part.known.source_id, folders[above]))
                break
            above = os.path.dirname(above)
    return found
