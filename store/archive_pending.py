"""What the archive lacks of what is recorded: asked of both databases at once. SQL only."""

import sqlite3
from contextlib import closing
from typing import NamedTuple

from store import archive
from store.database import connect_reader, path_in
from store.home import StrPath


class Lacking(NamedTuple):
    """A generation of which more is recorded than kept."""

    generation_id: int
    source_id: int
    number: int
    agent: str
    root: str
    raw_path: bytes
    kind: str
    state: str
    mtime_ns: int
    cursor: int
    covers: int


class Backlog(NamedTuple):
    """How much waits, how much is kept and what that takes; and what was recorded and can not be archived any more."""

    files: int
    bytes: int
    kept_files: int
    kept_bytes: int
    lost_files: int


# A file that is gone can give nothing any more, and of one that was deleted here nothing is wanted. Rows of an agent's
# database wait in our own, and need no file.
LACKING = """
from store.generation as g
join store.source as s using (source_id)
join store.account as a using (account_id)
left join main.file as f on f.generation_id = g.generation_id
where (g.cursor > 0 or s.size > 0) and not coalesce(f.is_dropped, 0)
    and s.source_id not in (select source_id from store.pruned_source) and (
    g.generation_id in (select generation_id from store.row_line)
    or (
        not g.is_superseded and s.kind <> 'database' and s.state in ('read', 'foreign')
        and (
            f.covers is null or f.covers <> g.cursor
            or (f.form = 'lines' and s.size <> f.length and s.size - g.cursor between 1 and 16777216)
            or (f.form in ('whole', 'frozen') and f.mtime_ns is not s.mtime_ns)
        )
    )
)
"""
LIST = f"""
select g.generation_id, g.source_id, g.number, a.agent, a.root, s.raw_path, s.kind, s.state, coalesce(s.mtime_ns, 0),
    g.cursor, coalesce(f.covers, 0)
{LACKING}
order by s.mtime_ns desc, g.generation_id
"""
COUNT = f"select count(*), coalesce(sum(max(0, g.cursor - coalesce(f.covers, 0))), 0) {LACKING}"
KEPT = "select count(*), coalesce(sum(length), 0) from main.file where not is_dropped"
LOST = """
select count(*)
from store.generation as g
join store.source as s using (source_id)
left join main.file as f on f.generation_id = g.generation_id
where g.cursor > coalesce(f.covers, 0) and not coalesce(f.is_dropped, 0)
    and (g.is_superseded or s.state = 'gone') and s.source_id not in (select source_id from pruned_source)
    and g.generation_id not in (select generation_id from store.row_line)
"""
NOTHING_KEPT = """
select count(*), coalesce(sum(cursor), 0)
from generation
where cursor > 0 and not is_superseded and source_id not in (select source_id from pruned_source)
"""


class Safety(NamedTuple):
    """Of one agent's folder: what is not archived yet, and what is."""

    files: int
    bytes: int
    kept_files: int
    kept_bytes: int


UNSAFE_OF_ROOTS = f"""
select a.root, count(*), coalesce(sum(max(0, g.cursor - coalesce(f.covers, 0))), 0) {LACKING} group by 1
"""
SAFE_OF_ROOTS = "select root, count(*), sum(length) from main.file where not is_dropped and kind <> 'beside' group by 1"
NOTHING_SAFE = """
select a.root, count(*), sum(g.cursor)
from generation as g
join source as s using (source_id)
join account as a using (account_id)
where g.cursor > 0 and not g.is_superseded and s.state in ('read', 'foreign')
group by 1
"""


def by_root(home: StrPath) -> dict[str, Safety]:
    """How far the archive is, by the folder of an agent."""
    reader = archive.read_archive(home)
    if reader is None:
        with closing(connect_reader(path_in(home))) as store:
            return {root: Safety(files, size, 0, 0) for root, files, size in store.execute(NOTHING_SAFE).fetchall()}
    with closing(reader):
        archive.attach_store(reader, home)
        unsafe = {root: (files, size) for root, files, size in reader.execute(UNSAFE_OF_ROOTS).fetchall()}
        safe = {root: (files, size) for root, files, size in reader.execute(SAFE_OF_ROOTS).fetchall()}
        return {root: Safety(*unsafe.get(root, (0, 0)), *safe.get(root, (0, 0))) for root in {*unsafe, *safe}}


def lacking(connection: sqlite3.Connection) -> list[Lacking]:
    """What is to be archived, the newest first. The connection is the archive's, with the store beside it."""
    return [Lacking(*row) for row in connection.execute(LIST).fetchall()]


def whole(home: StrPath, generation_ids: set[int]) -> set[int]:
    """Those of which all that is recorded is kept, or was and is dropped."""
    reader = archive.read_archive(home)
    if reader is None:
        return set()
    with closing(reader):
        archive.attach_store(reader, home)
        known = {row[0] for row in reader.execute("select generation_id from main.file").fetchall()}
        return generation_ids & known - {one.generation_id for one in lacking(reader)}


def backlog(home: StrPath) -> Backlog:
    """How far the archive is."""
    reader = archive.read_archive(home)
    if reader is None:
        with closing(connect_reader(path_in(home))) as store:
            files, size = store.execute(NOTHING_KEPT).fetchone()
            return Backlog(files, size, 0, 0, 0)
    with closing(reader):
        archive.attach_store(reader, home)
        (files, size), (kept_files, kept_bytes) = (reader.execute(query).fetchone() for query in (COUNT, KEPT))
        return Backlog(files, size, kept_files, kept_bytes, reader.execute(LOST).fetchone()[0])
