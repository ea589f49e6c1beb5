"""Forks, branches and resumed copies repeat history: which session's copy of a fact is the one that counts.

The senior copy is the earliest; of equally early ones the unmarked before one marked as a branch's, then that of
the file whose first line of its own is earliest, then of the file that ends first, then path order. That is the file
which tells of the copy: its session may lie in several. A file's own lines are those whose id no other file of the
family has. So a family is settled anew when a line joins it.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec.json import encode

from store.advance import Advance
from store.batch import Rows
from store.facts import Response, Session
from store.merge import NEVER, WORTH, take_best
from store.rewound import mark_abandoned
from store.write_responses import PathOf, Stored, load, paths, replace

FAMILY = """
with recursive family(session_key) as (
    select value from json_each(?)
    union
    select o.other_key from overlap as o join family as f on o.session_key = f.session_key
)
select session_key from family
"""
FILES = """
select f.session_key, f.generation_id, g.source_id, g.own_at, g.ends_at, s.raw_path, n.session_id
from session_file as f
join generation as g using (generation_id)
join source as s using (source_id)
join session as n on n.session_key = f.session_key
where f.session_key in (select value from json_each(:family))
order by f.session_key, f.generation_id
"""
UUIDS = "select uuid, at from record where generation_id = ? and (uuid is not null or at is not null)"
SHARED_RESPONSES = """
select message_id
from response
where session_key in (select value from json_each(:family)) and part = 0 and evidence <> 'telemetry'
group by message_id, request_id
having count(*) > 1
"""
EVENTS = (
    ("prompt", "prompt_id", "at"),
    ("message", "uuid || '/' || block", "at"),
    ("tool_call", "tool_use_id", "coalesce(started_at, ended_at, '')"),
    ("compaction", "uuid", "coalesce(at, '')"),
    ("turn", "turn_id", "coalesce(started_at, ended_at, '')"),
)
SHARED_EVENTS = """
select {id}, session_key, {at}, is_branch, is_copy, generation_id
from {table}
where session_key in (select value from json_each(:family)) and {id} in (
    select {id}
    from {table}
    where session_key in (select value from json_each(:family))
    group by 1
    having count(*) > 1
)
order by 1, 2
"""
HAS_COPIES = """
select 1
from {table}
where {id} in (select value from json_each(?)) and session_key in (select value from json_each(?))
group by {id}
having count(distinct session_key) > 1
limit 1
"""
MARK = "update {table} set is_copy = ? where {key} = ? and session_key = ?"
MARK_MESSAGE = "update message set is_copy = ? where uuid = ? and block = ? and session_key = ?"
COPIED_FROM = """
update session
set copied_from = (select o.session_id from session as o where o.session_key = ?)
where session_key = ?
"""
ORPHANED = """
select distinct r.agent, r.message_id
from response as r
where r.is_copy and r.session_key in (select value from json_each(:family))
"""
UNMARK = """
update {table}
set is_copy = 0
where is_copy and session_key in (select value from json_each(:family)) and {id} not in (
    select {id} from {table} where not is_copy and session_key in (select value from json_each(:family))
)
"""
AGENTS_OF = """
select distinct a.agent
from session as s
join account as a using (account_id)
where s.session_key in (select value from json_each(:family))
"""

REWOUND = Session.__struct_fields__.index("is_rewound")
RankOf = Callable[[int, int], tuple[str, str, bytes, str]]


class File(NamedTuple):
    """One generation of a file that tells of a session of the family."""

    session_key: int
    generation_id: int
    source_id: int
    own_at: str | None
    ends_at: str | None
    path: bytes
    session_id: str


def settle(
    connection: sqlite3.Connection, rows: Rows, keys: list[int], shared: set[tuple[int, int]], advances: list[Advance]
) -> None:
    """Settle the families that this batch touched, and the threads that it rewound."""
    both = shared | {(b, a) for a, b in shared}
    connection.executemany("insert or ignore into overlap (session_key, other_key) values (?, ?)", both)
    joined = {a for a, _ in both}
    earliest = {a.generation_id: min((row[4] for row in a.records if row[4]), default=NEVER) for a in advances}
    for family in _families(connection, keys):
        files = [File(*row) for row in connection.execute(FILES, {"family": encode(sorted(family)).decode()})]
        if joined & family or _is_unsettled(files, earliest) or _has_copies(connection, rows, family):
            _settle(connection, rows.agent, family, _ranks(connection, files))
    rewound = {key for key, row in zip(keys, rows.sessions, strict=True) if row[REWOUND]}
    if rows.prompts or rewound:
        mark_abandoned(connection, {row[1] for row in rows.prompts}, set(keys), rewound)


def _is_unsettled(files: list[File], earliest: dict[int, str]) -> bool:
    """Whether new lines may have changed who is senior: an earlier own line, or of two that tie the later end."""
    begins = [file.own_at for file in files]
    return (
        None in begins
        or any(earliest.get(file.generation_id, NEVER) < (file.own_at or "") for file in files)
        or any(file.generation_id in earliest and begins.count(file.own_at) > 1 for file in files)
    )


def _has_copies(connection: sqlite3.Connection, rows: Rows, family: set[int]) -> bool:
    """Whether a line of history that was copied came without a prompt or an answer that would have told."""
    which = encode(sorted(family)).decode()
    for table, id_, said in (
        ("tool_call", "tool_use_id", rows.tool_calls), ("message", "uuid", rows.messages),
        ("compaction", "uuid", rows.compactions),
    ):  # fmt: skip
        ids = encode(sorted({row[1] for row in said})).decode()
        if said and connection.execute(HAS_COPIES.format(table=table, id=id_), (ids, which)).fetchone():
            return True
    return False


def _families(connection: sqlite3.Connection, keys: Iterable[int]) -> Iterable[set[int]]:
    """The groups of sessions that share history, as far as they reach the sessions touched."""
    touched = "select distinct session_key from overlap where session_key in (select value from json_each(?))"
    waiting = {row[0] for row in connection.execute(touched, (encode(list(keys)).decode(),)).fetchall()}
    while waiting:
        family = {row[0] for row in connection.execute(FAMILY, (encode([waiting.pop()]).decode(),)).fetchall()}
        waiting -= family
        yield family


def _ranks(connection: sqlite3.Connection, files: list[File]) -> RankOf:
    """How senior what a file tells of a session is. What is found out is kept: see _is_unsettled."""
    seen, own = dict[str, set[int]](), dict[int, str]()
    generations = {file.generation_id: file for file in files}.values()  # one may tell of thousands of sessions
    for file in generations:
        for uuid in {row[0] for row in connection.execute(UUIDS, (file.generation_id,)).fetchall()} - {None}:
            seen.setdefault(uuid, set()).add(file.source_id)
    for file in generations:
        rows = connection.execute(UUIDS, (file.generation_id,)).fetchall()
        own_at = min((at for uuid, at in rows if at and (uuid is None or len(seen[uuid]) < 2)), default=NEVER)
        own[file.generation_id] = own_at
        if own_at != file.own_at:
            connection.execute("update generation set own_at = ? where generation_id = ?", (own_at, file.generation_id))
    ranks = {f[:2]: (own[f.generation_id], f.ends_at or "", f.path, f.session_id) for f in files}
    return lambda session_key, generation_id: ranks.get((session_key, generation_id), (NEVER, "", b"", ""))


def _settle(connection: sqlite3.Connection, agent: str, family: set[int], rank_of: RankOf) -> None:
    which = {"family": encode(sorted(family)).decode()}
    origin: dict[int, tuple[str, int]] = {}
    ids = {row[0] for row in connection.execute(SHARED_RESPONSES, which).fetchall()}
    settled: list[Stored] = []
    for copies in load(connection, agent, ids).values():
        copies = [copy for copy in copies if copy[0] in family]
        if len(copies) > 1:
            before = [_standing(copy) for _, copy in copies]
            senior = _settle_response(copies, rank_of, paths(connection))
            settled += [copy for copy, was in zip(copies, before, strict=True) if _standing(copy[1]) != was]
            _note(origin, senior[0], ((session, copy.at or "") for session, copy in copies))
    replace(connection, settled)
    for table, id_, at in EVENTS:
        _settle_events(connection, table, id_, at, which, rank_of, origin)
    connection.executemany(COPIED_FROM, [(None, copy) for copy in family - origin.keys()])
    connection.executemany(COPIED_FROM, [(source, copy) for copy, (_, source) in origin.items()])


def _settle_response(copies: list[Stored], rank_of: RankOf, path_of: PathOf) -> Stored:
    """All copies know the best usage of any; one of them is counted."""
    best = max(WORTH[copy.evidence] for _, copy in copies)
    real = [copy for copy in copies if WORTH[copy[1].evidence] == best]
    senior = min(real, key=lambda c: (c[1].at or NEVER, c[1].is_branch, rank_of(c[0], c[1].generation_id)))
    for _, copy in real:
        take_best(senior[1], copy, path_of)
    for _, copy in copies:
        if copy is not senior[1]:
            take_best(copy, senior[1], path_of)
        copy.is_copy = copy is not senior[1]
    return senior


def _standing(copy: Response) -> tuple[object, ...]:
    """What settling may change of a copy: most are settled already, and need not be written again."""
    return copy.is_copy, copy.best_generation_id, copy.best_byte_offset, copy.ended_at, copy.stop_reason


def _settle_events(
    connection: sqlite3.Connection, table: str, id_: str, at: str, which: dict[str, str], rank_of: RankOf,
    origin: dict[int, tuple[str, int]],
) -> None:  # fmt: skip
    rows = connection.execute(SHARED_EVENTS.format(table=table, id=id_, at=at), which).fetchall()
    groups: dict[str, list[tuple[str, int, str, int, int, int]]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    marks: list[tuple[bool, str, int]] = []
    for group in groups.values():
        senior = min(group, key=lambda row: (row[2] or NEVER, row[3], rank_of(row[1], row[5])))
        marks += [(row is not senior, row[0], row[1]) for row in group if bool(row[4]) != (row is not senior)]
        _note(origin, senior[1], ((row[1], row[2]) for row in group))
    if table == "message":  # its id is made of two columns, which the index has one by one
        parted = [(is_copy, *id_.rsplit("/", 1), session) for is_copy, id_, session in marks]
        connection.executemany(MARK_MESSAGE, parted)
    else:
        connection.executemany(MARK.format(table=table, key=id_), marks)


def _note(origin: dict[int, tuple[str, int]], senior: int, holders: Iterable[tuple[int, str]]) -> None:
    """A session that holds a copy was forked from the senior of the latest thing it copied."""
    for session_key, at in holders:
        if session_key != senior and (at, senior) > origin.get(session_key, ("", 0)):
            origin[session_key] = (at, senior)


def family_of(connection: sqlite3.Connection, keys: Iterable[int]) -> set[int]:
    """These sessions, and all that share history with them."""
    family = set(keys)
    for key in list(family):
        family |= {row[0] for row in connection.execute(FAMILY, (encode([key]).decode(),)).fetchall()}
    return family


def resettle(connection: sqlite3.Connection, family: set[int]) -> None:
    """Settle what is left of a family when some of it was deleted: what is the only copy now is the one that counts."""
    which = {"family": encode(sorted(family)).decode()}
    for agent, message_id in connection.execute(ORPHANED, which).fetchall():
        for copies in load(connection, agent, [message_id]).values():
            copies = [copy for copy in copies if copy[0] in family]
            if copies and all(copy.is_copy for _, copy in copies):
                senior = min(copies, key=lambda c: (c[1].at or NEVER, c[1].is_branch, c[0]))
                senior[1].is_copy = False
                replace(connection, [senior])
    for table, id_, _ in EVENTS:
        connection.execute(UNMARK.format(table=table, id=id_), which)
    for (agent,) in connection.execute(AGENTS_OF, which).fetchall():
        _settle(connection, agent, family, _ranks(connection, [File(*row) for row in connection.execute(FILES, which)]))
