"""Copies of the whole database, proven to hold what they should before they get their names."""

import os
import re
import sqlite3
import time
from contextlib import closing
from typing import NamedTuple

from store import home as homes
from store.check import flaw
from store.errors import FleetmeterError
from store.header import APPLICATION_ID, uri
from store.home import BACKUPS, StrPath

NEW = "fleetmeter.new"
USUAL = "backup"
TIMES = "%Y%m%dT%H%M%SZ"
SHAPE = re.compile(r"fleetmeter-(?P<why>[a-z0-9-]+)-(?P<at>\d{8}T\d{6}Z)(-(?P<number>\d+))?\.db")
VERSION = "pragma data_version"
CURSORS = "select generation_id, cursor, records, rejected from generation order by generation_id"


class Backup(NamedTuple):
    """A file in the folder of backups: why it was made, and when (in seconds since 1970)."""

    path: str
    why: str
    at: float


def back_up(connection: sqlite3.Connection, home: StrPath, why: str, now: float) -> str:
    """Write backups/fleetmeter-<why>-<time>.db and return its path; a failure leaves nothing behind."""
    folder = os.path.join(home, BACKUPS)
    homes.make_folder(folder)
    final = _free(folder, why, now)
    try:
        write(connection, os.path.join(folder, NEW), final)
    except (sqlite3.Error, OSError) as error:
        raise FleetmeterError(
            f"the backup failed: {error}", hint="nothing was changed; free some space and run it again"
        ) from error
    return final


def write(connection: sqlite3.Connection, new: str, final: str) -> None:
    """Copy, prove, sync, and only then name it; new is a name beside it. Others may write meanwhile."""
    if os.path.lexists(new):
        os.unlink(new)
    try:
        _copy(connection, new)
        os.rename(new, final)
    finally:
        for leftover in (new, f"{new}-journal"):
            if os.path.lexists(leftover):
                os.unlink(leftover)
    homes.sync_folder(os.path.dirname(final))


def known(home: StrPath) -> list[Backup]:
    """All backups in their folder, the newest first; those before a change of the schema are among them."""
    folder = os.path.join(home, BACKUPS)
    try:
        matches = [match for name in os.listdir(folder) if (match := SHAPE.fullmatch(name))]
    except OSError:
        return []
    matches.sort(key=lambda match: (match["at"], int(match["number"] or 1)), reverse=True)
    return [Backup(os.path.join(folder, match.string), match["why"], _seconds(match["at"])) for match in matches]


def drop_old(home: StrPath, keep: int) -> list[str]:
    """Delete all but the newest so many; those before a change of the schema are not counted, and stay."""
    old = [backup.path for backup in known(home) if backup.why == USUAL][keep:]
    for path in old:
        os.unlink(path)
    return old


def prove(path: str) -> sqlite3.Connection:
    """Open a backup, if it is a whole database of ours; else the error says what it is. The caller closes it."""
    if not os.path.isfile(path):
        raise FleetmeterError(f"{path}: there is no such file", hint="`fleetmeter doctor` says where the backups lie")
    copy = sqlite3.connect(uri(path, "mode=ro"), uri=True, isolation_level=None)
    try:
        if copy.execute("pragma application_id").fetchone() != (APPLICATION_ID,) or not has_tables(copy):
            raise FleetmeterError(f"{path} is no backup of fleetmeter's", hint="`fleetmeter backup` makes one")
        words = flaw(copy)
        if words:
            raise FleetmeterError(f"{path} is damaged: {words}", hint="take another one")
    except sqlite3.Error as error:
        copy.close()
        raise FleetmeterError(f"{path} is no database, or is damaged: {error}", hint="take another one") from error
    except BaseException:
        copy.close()
        raise
    return copy


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether anything is in it: the empty file that a failed copy leaves is a database without a fault."""
    row = connection.execute("select count(*) from sqlite_master where name in ('meta', 'source', 'generation')")
    return row.fetchone() == (3,)


def content(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The schema, and how many rows each table has."""
    schema: list[tuple[object, ...]] = connection.execute(
        "select type, name, tbl_name, sql from sqlite_master order by type, name"
    ).fetchall()
    tables = [str(name) for kind, name, *_ in schema if kind == "table"]
    return schema + [
        (table, *connection.execute(_COUNT.format(table.replace('"', '""'))).fetchone()) for table in tables
    ]


def cursors(connection: sqlite3.Connection) -> dict[int, tuple[int, ...]]:
    """How far each file is recorded; where there are no files yet, nothing."""
    if not has_tables(connection):
        return {}
    return {row[0]: row[1:] for row in connection.execute(CURSORS)}


def _copy(connection: sqlite3.Connection, new: str) -> None:
    descriptor = homes.create_private(new)  # VACUUM INTO fills an empty file and leaves its mode alone
    try:
        before = State(connection)
        connection.execute("vacuum into :path", {"path": new})
        with closing(sqlite3.connect(uri(new, "mode=ro"), uri=True, isolation_level=None)) as copy:
            _compare(before, State(copy), State(connection))
            words = flaw(copy) if has_tables(copy) else _faults(copy)
            if words:
                raise sqlite3.DatabaseError(f"the copy is not intact: {words}")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class State:
    """What a database holds. began, ended: other ones mean that somebody else wrote meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.began = connection.execute(VERSION).fetchone()
        self.content, self.cursors = content(connection), cursors(connection)
        self.ended = connection.execute(VERSION).fetchone()


def _compare(before: State, copy: State, after: State) -> None:
    """The copy holds what was there; while others write, no less than before it was made, and no more than after."""
    if before.began == after.ended:
        is_whole = copy.content == after.content and copy.cursors == after.cursors
    else:
        is_whole = _schema(copy) == _schema(after) and all(
            before.cursors.get(id_, (0,)) <= cursor <= after.cursors.get(id_, cursor)
            for id_, cursor in copy.cursors.items()
        )
        is_whole &= all(id_ in copy.cursors for id_ in before.cursors if id_ in after.cursors)
    # Not enough alone to ask for faults: the empty file that a failed VACUUM INTO leaves has none.
    if not is_whole:
        raise sqlite3.DatabaseError("the copy does not hold the same rows")


def _schema(state: State) -> list[tuple[object, ...]]:
    return [row for row in state.content if len(row) == 4]


def _faults(copy: sqlite3.Connection) -> str:
    words = copy.execute("pragma integrity_check").fetchone()[0]
    return "" if words == "ok" else words


def _free(folder: str, why: str, now: float) -> str:
    """A name that nothing has: two backups of one second are two."""
    name, number = f"fleetmeter-{why}-{time.strftime(TIMES, time.gmtime(now))}", 1
    path = os.path.join(folder, f"{name}.db")
    while os.path.lexists(path):
        number += 1
        path = os.path.join(folder, f"{name}-{number}.db")
    return path


def _seconds(text: str) -> float:
    from calendar import timegm

    return float(timegm(time.strptime(text, TIMES)))


_COUNT = 'select count(*) from "{}"'
