"""Proves what is stored: the structure of both databases, that every byte has its record, the archive against its own
digests, and the files that are still there against the archive. Changes nothing."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import NamedTuple

from collector.files.frozen import SUFFIX
from collector.files.tail import FINGERPRINT, Tail, Unreadable, fingerprint, open_lines
from collector.sources import DATABASE, all_sources
from store import archive, blocks, kept
from store.database import open_reader
from store.kept import LINES, Kept
from store.sources import KNOWN, Known

MOST_TOLD = 20  # of one kind: whoever has more has them all

Progress = Callable[[int, int], None]


class Finding(NamedTuple):
    """Something that is not as it was stored. where: a file, or one of our databases."""

    where: str
    words: str


class Proof(NamedTuple):
    """What was looked at, and what is wrong with it. changed: files that are others now, and will be read anew."""

    records: int
    files: int
    bytes: int
    archived_bytes: int
    changed: int
    unproven: int
    findings: list[Finding]


TILES = """
select generation_id, byte_offset, length from record order by generation_id, byte_offset
"""
GENERATIONS = """
select g.generation_id, g.cursor, g.records + g.rejected, g.rejected, g.head, g.tail, s.path, s.kind, s.raw_path
from generation as g join source as s using (source_id)
order by g.generation_id
"""
REJECTS = """
select j.generation_id, count(*), sum(r.length is j.length)
from reject as j left join record as r using (generation_id, byte_offset) group by 1
"""


def prove_all(home: str, progress: Progress | None = None) -> Proof:
    """Look at everything, and make every fact anew, to compare it."""
    from collector.archive.prove_facts import prove_facts

    proof = prove(home, progress)
    wrong, unproven = prove_facts(home)
    return proof._replace(findings=[*proof.findings, *(Finding(*said) for said in wrong)], unproven=unproven)


def prove(home: str, progress: Progress | None = None) -> Proof:
    """Look at everything once."""
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_reader(home)))
        findings = [*_intact(store, "fleetmeter.db"), *_counted(store)]
        kept_files: dict[int, Kept] = {}
        connection = archive.read_archive(home)
        archived = 0
        if connection is not None:
            stack.enter_context(closing(connection))
            findings += _intact(connection, archive.NAME)
            rows = [Kept(*row) for row in connection.execute(kept.KEPT + "where not is_dropped")]
            total, done = sum(one.length for one in rows), 0
            for one in rows:
                findings += _archived(connection, one)
                kept_files |= {one.generation_id: one} if one.generation_id is not None else {}
                done += one.length
                if progress is not None:
                    progress(done, total)
            archived = total
            findings += _covered(store, connection, kept_files)
        live = list(_live(store, connection, kept_files))
        records = store.execute("select count(*) from record").fetchone()[0]
        return Proof(
            records, len(live), sum(one.bytes for one in live), archived, sum(one.is_changed for one in live), 0,
            findings + [finding for one in live for finding in one.findings],
        )  # fmt: skip


# -- our databases


def _intact(connection: sqlite3.Connection, name: str) -> list[Finding]:
    try:
        said = [row[0] for row in connection.execute(f"pragma integrity_check({MOST_TOLD})").fetchall()]
        said += [f"a row of {row[0]} refers to none of {row[2]}" for row in _strays(connection)]
    except sqlite3.DatabaseError as error:
        return [Finding(name, str(error))]
    return [Finding(name, words) for words in said if words != "ok"]


def _strays(connection: sqlite3.Connection) -> list[tuple[str, int, str, int]]:
    return connection.execute("pragma foreign_key_check").fetchmany(MOST_TOLD)


def _counted(store: sqlite3.Connection) -> list[Finding]:
    """Whether every byte before every cursor belongs to one record, and every count is that of its rows."""
    try:
        ends: dict[int, tuple[int, int]] = {}
        for generation_id, byte_offset, length in store.execute(TILES):
            place, count = ends.get(generation_id, (0, 0))
            ends[generation_id] = (place + length if byte_offset == place and length >= 0 else -1, count + 1)
        refused = {row[0]: (row[1], row[2]) for row in store.execute(REJECTS)}
        found: list[Finding] = []
        for generation_id, cursor, records, rejected, _, _, path, _, _ in store.execute(GENERATIONS):
            if ends.pop(generation_id, (0, 0)) != (cursor, records):
                found.append(Finding(path, "its records do not add up to what was read of it"))
            if refused.pop(generation_id, (0, 0)) != (rejected, rejected):
                found.append(Finding(path, "its rejects do not add up"))
        if ends or refused:
            found.append(Finding("fleetmeter.db", "records of no source"))
        return found[:MOST_TOLD]
    except sqlite3.DatabaseError as error:
        return [Finding("fleetmeter.db", str(error))]


# -- the archive


def _archived(connection: sqlite3.Connection, one: Kept) -> list[Finding]:
    where = f"{archive.NAME}: {os.fsdecode(one.raw_path)}"
    try:
        place = 0
        for first_byte, plain in blocks.read(connection, one.file_id):
            place = first_byte + len(plain)
        if place != one.length:
            return [Finding(where, f"{place} bytes are kept of it, not {one.length}")]
        if blocks.chain(connection, one.file_id) != one.chain:
            return [Finding(where, "its blocks are not those that were sealed")]
    except (blocks.Damaged, sqlite3.DatabaseError) as error:
        return [Finding(where, str(error))]
    return []


def _covered(store: sqlite3.Connection, connection: sqlite3.Connection, files: dict[int, Kept]) -> Iterator[Finding]:
    """Whether what is kept of a generation begins and ends as what was read of it."""
    for generation_id, cursor, _, _, head, tail, path, kind, _ in store.execute(GENERATIONS):
        one = files.get(generation_id)
        if one is None:
            continue
        if one.covers > cursor:
            yield Finding(path, "the archive holds more of it than was read")
        if one.form == LINES and one.covers == cursor and kind != DATABASE:
            try:
                ends = _ends(connection, one)
            except (blocks.Damaged, sqlite3.DatabaseError):
                continue  # told above
            if ends != (head, tail):
                yield Finding(path, "the archive does not hold what was read of it")


def _ends(connection: sqlite3.Connection, one: Kept) -> tuple[bytes, bytes]:
    size = min(FINGERPRINT, one.covers)
    head = next(kept.content(connection, one), b"")[:size]
    tail = b"".join(kept.content(connection, one, one.covers - size))[:size]
    return fingerprint(head), fingerprint(tail)


# -- the files that are still there


class _File(NamedTuple):
    bytes: int
    is_changed: bool
    findings: list[Finding]


LIVE = KNOWN + "where s.state in ('read', 'foreign') and s.kind <> 'database' and g.cursor > 0"
AGENTS = "select account_id, agent from account"


def _live(
    store: sqlite3.Connection, connection: sqlite3.Connection | None, files: dict[int, Kept]
) -> Iterator[_File]:  # fmt: skip
    """Each file against what is kept of it; one of another identity is no damage: it is read anew at the next look."""
    sources = {source.agent: source for source in all_sources()}
    agents = dict(store.execute(AGENTS).fetchall())
    for known in [Known(*row) for row in store.execute(LIVE).fetchall()]:
        source = sources.get(agents[known.account_id])
        if source is None or source.is_whole(known.kind):
            continue
        try:
            descriptor, seen, size = open_lines(known.raw_path)
        except (Unreadable, OSError):
            continue
        try:
            one = files.get(known.generation_id)
            if not Tail(descriptor, seen, size, known).is_same():
                yield _File(0, True, [])
            elif connection is None or one is None or known.raw_path.endswith(SUFFIX):
                yield _File(known.cursor, False, [])
            else:
                yield _File(known.cursor, False, _compared(connection, one, descriptor))
        except OSError:
            continue
        finally:
            os.close(descriptor)


def _compared(connection: sqlite3.Connection, one: Kept, descriptor: int) -> list[Finding]:
    try:
        for first_byte, plain in blocks.read(connection, one.file_id):
            if os.pread(descriptor, len(plain), first_byte) != plain:
                return [Finding(os.fsdecode(one.raw_path), f"its bytes from {first_byte} on are not those recorded")]
    except (blocks.Damaged, sqlite3.DatabaseError):
        return []  # told above
    return []
