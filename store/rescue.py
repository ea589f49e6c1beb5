"""Another database takes the place of the one that is there: a backup, or, of a damaged one, whatever can be had.

The caller holds the writer's lock, and no connection.
"""

import os
import sqlite3
from contextlib import closing, suppress

from store import home as homes
from store.database import NAME, open_writer, path_in
from store.errors import Damaged, FleetmeterError
from store.header import MARK, mark, refuse_foreign
from store.home import StrPath
from store.schema import newest

READY = f"{NAME}-restored"
"""A copy under this name is whole and proven; it only waits for its turn."""
REPLACED = "a backup was put in its place"


def open_whole(home: StrPath) -> tuple[sqlite3.Connection, str]:
    """Open the database to write, made or migrated first if need be, and what is damaged put aside; gives words for
    people where that was so."""
    settle(home)
    words = f"the database that was here is gone; {_begin_again(home)}" if _is_lost(home) else ""
    try:
        connection = open_writer(home)
    except (Damaged, sqlite3.DatabaseError) as error:
        if not _is_damage(error):
            raise
        words = replace_damaged(home, str(error))
        connection = open_writer(home)
    try:
        mark(path_in(home))
    except BaseException:
        connection.close()
        raise
    return connection, words


def restore(home: StrPath, path: str) -> str:
    """Put a backup in the place of the database, and that aside; gives where it went, or "". Nothing is overwritten."""
    take_copy(home, path)
    went = _put_aside(home, REPLACED) if os.path.lexists(path_in(home)) else ""
    settle(home)
    return went


def replace_damaged(home: StrPath, reason: str) -> str:
    """Put a damaged database aside, and begin again. What the files say of later is recorded by whoever goes on."""
    went = _put_aside(home, reason)
    return f"the database was damaged ({reason}) and put aside into {went}; {_begin_again(home)}"


def put_log_aside(home: StrPath, reason: str) -> str:
    """A log without its database would be taken for that of the next one."""
    return _put_aside(home, reason, is_log_alone=True)


def _put_aside(home: StrPath, reason: str, *, is_log_alone: bool = False) -> str:
    import time

    from store.aside import LOG_PIECES, PIECES, put_aside

    went = put_aside(home, reason, time.time(), LOG_PIECES if is_log_alone else PIECES)
    if not is_log_alone:
        with suppress(FileNotFoundError):
            os.unlink(path_in(home) + MARK)  # it is not lost: we know where it went
    return went


def _is_damage(error: BaseException) -> bool:
    from store.check import is_damage

    return isinstance(error, Damaged) or is_damage(error)


def _begin_again(home: StrPath) -> str:
    """With the newest backup that is whole, else with nothing."""
    if os.path.lexists(f"{path_in(home)}-wal"):
        put_log_aside(home, "its database is gone")
    from store.backup import known  # imported only where something is to be mended, as below

    for backup in known(home):
        with suppress(FleetmeterError, sqlite3.Error):
            take_copy(home, backup.path)
            settle(home)
            return f"it begins again with {backup.path}"
    return "it is made anew"


def _is_lost(home: StrPath) -> bool:
    """Whether a database was here that is gone."""
    path = path_in(home)
    log = f"{path}-wal"
    has_log = os.path.lexists(log) and os.path.getsize(log)
    return not os.path.lexists(path) and bool(has_log or os.path.lexists(path + MARK))


def take_copy(home: StrPath, path: str) -> None:
    """A proven copy of a proven backup, ready to be put into place."""
    from store.backup import prove, write

    ready = os.path.join(home, READY)
    if os.path.lexists(ready):
        os.unlink(ready)
    with closing(prove(path)) as copy:
        identity = (
            copy.execute("pragma application_id").fetchone()[0],
            copy.execute("pragma user_version").fetchone()[0],
        )
        refuse_foreign(path, identity, newest())
        try:
            write(copy, f"{ready}.new", ready)
        except (sqlite3.Error, OSError) as error:
            raise FleetmeterError(
                f"{path} could not be copied: {error}", hint="nothing was changed; free some space and run it again"
            ) from error


def settle(home: StrPath) -> None:
    """Finish what was begun, also by somebody who was killed: a database takes its name only when none has it."""
    if os.path.isdir(os.path.join(home, homes.ASIDE)):
        from store.aside import finish

        finish(home)
    ready = os.path.join(home, READY)
    if os.path.lexists(ready) and not os.path.lexists(path_in(home)):
        os.rename(ready, path_in(home))
        homes.sync_folder(home)
